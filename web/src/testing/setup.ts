import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach, expect, vi } from 'vitest';

// The files of the web project share a process: what the app keeps in its modules begins anew with each of them.
vi.resetModules();

const nothing = (): void => undefined;

/** happy-dom has no layout and no top layer: what needs them is only marked as open or closed. */
HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
};
const toggled = (newState: 'open' | 'closed'): Event => Object.assign(new Event('beforetoggle'), { newState });
HTMLElement.prototype.showPopover = function showPopover() {
  this.dispatchEvent(toggled('open'));
};
HTMLElement.prototype.hidePopover = function hidePopover() {
  this.dispatchEvent(toggled('closed'));
};
document.addEventListener('click', ({ target }) => {
  const trigger = target instanceof Element ? target.closest('[popovertarget]') : null;
  document.getElementById(trigger?.getAttribute('popovertarget') ?? '')?.showPopover();
});
HTMLElement.prototype.scrollIntoView = nothing;

vi.stubGlobal(
  'ResizeObserver',
  class {
    observe = nothing;
    unobserve = nothing;
    disconnect = nothing;
  },
);
vi.stubGlobal(
  'BroadcastChannel',
  class {
    postMessage = nothing;
    addEventListener = nothing;
    close = nothing;
  },
);

const complaints = { error: vi.fn(), warn: vi.fn() };

beforeEach(() => {
  for (const level of ['error', 'warn'] as const) {
    complaints[level] = vi.fn();
    vi.spyOn(console, level).mockImplementation((...said: unknown[]) => complaints[level](said.map(String).join(' ')));
  }
});

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  localStorage.clear();
  expect(complaints.error.mock.calls.flat(), 'console.error').toEqual([]);
  expect(complaints.warn.mock.calls.flat(), 'console.warn').toEqual([]);
});
