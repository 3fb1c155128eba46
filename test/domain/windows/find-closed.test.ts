import { describe, expect, it } from '@jest/globals';
import { findClosed } from '../../../src/domain/windows/find-closed.ts';
import type { WindowState } from '../../../src/domain/windows/judge-windows.ts';

const UNKNOWN: WindowState = { isOpen: false };

describe('findClosed', () => {
  it.each<[string, WindowState, WindowState | undefined]>([
    ['open', { isOpen: true, changesAt: 1001 }, undefined],
    ['open until now', { isOpen: true, changesAt: 1000 }, UNKNOWN],
    ['closed', { isOpen: false, changesAt: 1001 }, { isOpen: false, changesAt: 1001 }],
    ['closed until now', { isOpen: false, changesAt: 1000 }, UNKNOWN],
    ['not judged yet', UNKNOWN, UNKNOWN],
  ])('of windows that are %s', (_name, window, expected) => {
    expect(findClosed(window, 1000)).toEqual(expected);
  });
});
