import type { WaitSettings } from '../../src/domain/run/wait-settings.ts';

/** As `loadConfiguration` fills them in when the file names none. */
export const DEFAULT_WAITS: Required<WaitSettings> = {
  settleSeconds: 5,
  emptyTwiceSeconds: 5,
  staysGoneSeconds: 60,
  detachSeconds: 600,
  budgetObservedSeconds: 60,
  hostPatienceSeconds: 3600,
};
