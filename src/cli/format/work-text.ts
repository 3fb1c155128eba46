import type { PendingWork } from '../../client/pending-work.ts';

/** E.g. `runHostStage is tried again (attempt 3): Could not connect to …`, or what a first attempt says of itself. */
export const toWorkText = ({ activity, attempt, message }: PendingWork): string =>
  attempt > 1 ? `${activity} is tried again (attempt ${attempt}): ${message}` : message;
