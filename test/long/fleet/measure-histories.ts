import { toLargestPayload, type FetchedHistory } from './read-histories.ts';

/** Of one run of a workflow. */
export interface RunSize {
  readonly type: string;
  readonly workflowId: string;
  readonly events: number;
  readonly bytes: number;
  /** Bytes of its longest payload. */
  readonly payload: number;
}

export const toRunSizes = (histories: readonly FetchedHistory[]): readonly RunSize[] =>
  histories.map((history) => ({
    type: history.type,
    workflowId: history.workflowId,
    events: history.events.length,
    bytes: history.bytes,
    payload: toLargestPayload(history),
  }));

/** One line for each workflow type: how many runs, and the largest of them. */
export const describeRunSizes = (sizes: readonly RunSize[]): string => {
  const types = [...new Set(sizes.map(({ type }) => type))].sort();
  return types
    .map((type) => {
      const own = sizes.filter((size) => size.type === type);
      const events = own.map((size) => size.events);
      return (
        `${type}: ${own.length} runs, at most ${Math.max(...events)} events, ` +
        `${toKibibytes(own.map(({ bytes }) => bytes))} of history, a payload of ${toKibibytes(own.map(({ payload }) => payload))}; ` +
        `${events.reduce((total, count) => total + count, 0)} events together`
      );
    })
    .join('\n');
};

const toKibibytes = (bytes: readonly number[]): string => `${Math.ceil(Math.max(...bytes) / 1024)} KiB`;
