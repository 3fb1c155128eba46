/** A server ends a workflow for good at 51,200 events; what is only to be looked at stops in time. */
const MAX_HISTORY_EVENTS = 40_000;

/** Whether a node's workflow whose history is this long still takes pictures of its drain: each costs it about four events. */
export const canReportProgress = (historyLength: number): boolean => historyLength <= MAX_HISTORY_EVENTS;
