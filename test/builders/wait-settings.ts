import type { WaitSettings } from '../../src/domain/run/wait-settings.ts';

/** The defaults of `loadConfiguration`. */
export const DEFAULT_WAITS: Required<WaitSettings> = {
  settleSeconds: 5,
  emptyTwiceSeconds: 5,
  staysGoneSeconds: 60,
  detachSeconds: 600,
  budgetObservedSeconds: 60,
  hostPatienceSeconds: 3600,
};
