import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Device, expectAccessible, photograph, widths } from './browser.ts';

const devices = ['desktop', 'phone'] as const satisfies readonly Device[];

/** The screen that is open, in both appearances on the device it was opened on: axe finds nothing, nothing sticks out. */
export const checkAppearances = async (page: Page, name: string, device: Device): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await photograph(page, `${name}-${device}-${colorScheme}`);
    await expectAccessible(page, `${name} on a ${device}, ${colorScheme}`);
  }
  // A resized window is laid out anew in its own time.
  const sticksOut = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(sticksOut, { message: `${name} on a ${device} is wider than the window` }).toBeLessThanOrEqual(0);
  await page.emulateMedia({ colorScheme: 'light' });
};

/** The screen that is open, in both appearances and on both kinds of screen. */
export const checkScreen = async (page: Page, name: string): Promise<void> => {
  const height = page.viewportSize()?.height ?? 900;
  for (const device of devices) {
    await page.setViewportSize({ width: widths[device], height });
    await checkAppearances(page, name, device);
  }
  await page.setViewportSize({ width: widths.desktop, height });
};
