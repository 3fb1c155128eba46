/** The Temporal server terminates a workflow at 51,200 events; progress reports, which are only informational, stop well before. */
const MAX_HISTORY_EVENTS = 40_000;

/** Whether a node's workflow with a history of this length still reports its drain progress: each report adds about four events. */
export const canReportProgress = (historyLength: number): boolean => historyLength <= MAX_HISTORY_EVENTS;
