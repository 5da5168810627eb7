import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectAccessible, photograph, widths } from './browser.ts';

/** The screen that is open, in both appearances and on both kinds of screen: axe finds nothing, nothing sticks out. */
export const checkScreen = async (page: Page, name: string): Promise<void> => {
  const height = page.viewportSize()?.height ?? 900;
  for (const [device, width] of Object.entries(widths)) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await photograph(page, `${name}-${device}-${colorScheme}`);
      await expectAccessible(page, `${name} on a ${device}, ${colorScheme}`);
    }
    const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(sticksOut, `${name} on a ${device} is wider than the window`).toBeLessThanOrEqual(0);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: widths.desktop, height });
};
