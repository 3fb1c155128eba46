import type { PendingWork } from '../../client/pending-work.ts';

/** E.g. `retrying runHostStage (attempt 3): Could not connect to …`, or the message of a first attempt. */
export const toWorkText = ({ activity, attempt, message }: PendingWork): string =>
  attempt > 1 ? `retrying ${activity} (attempt ${attempt}): ${message}` : message;
