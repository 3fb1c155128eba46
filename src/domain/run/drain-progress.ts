/**
 * The Temporal server terminates a workflow at 51,200 events or 50 MB of history; progress reports, which are only informational, stop well
 * before. A report adds about four events and up to some kilobytes.
 */
const MAX_HISTORY_EVENTS = 40_000;
const MAX_HISTORY_BYTES = 20 * 1024 * 1024;

/** Of a workflow, as the server counts it. */
export interface HistorySize {
  readonly events: number;
  readonly bytes: number;
}

/** Whether a node's workflow with a history of this size still reports its drain progress. */
export const canReportProgress = ({ events, bytes }: HistorySize): boolean =>
  events <= MAX_HISTORY_EVENTS && bytes <= MAX_HISTORY_BYTES;

const FIRST_READ_MILLISECONDS = 30_000;
const EVENTS_UNTIL_TWICE_AS_LONG = 4000;

/**
 * After how many milliseconds a node is read again on which only skipped pods are left. Each read adds about ten events: a history that is
 * long, because its workflow cannot continue as new, grows more slowly.
 */
export const toSkippedReadMilliseconds = (historyEvents: number): number =>
  FIRST_READ_MILLISECONDS * 2 ** Math.floor(historyEvents / EVENTS_UNTIL_TWICE_AS_LONG);
