import type { Scheduler } from '../ports/scheduler.ts';

/** kube-scheduler's own plugins. Loads nothing before `open`. */
export const createScheduler = (): Scheduler => ({
  // PLACEHOLDER, replaced when src/scheduler is merged: export its createScheduler here instead.
  open: () => Promise.reject(new Error('this build has no scheduler: set preflight: skip')),
});
