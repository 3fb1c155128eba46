/** From the end of the grace period to the confirmation that the pod is gone. */
const CONFIRMATION_SECONDS = 5;

/**
 * When a pod that is still on the node is deleted although its budgets do not allow it, so that its grace period ends before the deadline
 * (`onTimeout: delete`). Not in the first half of the time, whatever its grace period: until then the budgets decide. All times in
 * milliseconds since the epoch. Pure.
 */
export const toDeletionMoment = (
  { terminationGracePeriodSeconds }: { readonly terminationGracePeriodSeconds: number },
  { startedAt, deadlineAt }: { readonly startedAt: number; readonly deadlineAt: number },
): number => {
  const inTime = deadlineAt - (terminationGracePeriodSeconds + CONFIRMATION_SECONDS) * 1000;
  return Math.max(inTime, startedAt + (deadlineAt - startedAt) / 2);
};
