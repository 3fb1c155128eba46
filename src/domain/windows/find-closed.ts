import type { WindowState } from './judge-windows.ts';

/**
 * The window while none is open; undefined: one is. What was judged holds until it changes: after that nothing is open before it is judged
 * again, e.g. when no worker ran while a window closed. Pure.
 * @param at milliseconds since the epoch
 */
export const findClosed = (window: WindowState, at: number): WindowState | undefined => {
  if (window.changesAt === undefined || window.changesAt <= at) return { isOpen: false };
  return window.isOpen ? undefined : window;
};
