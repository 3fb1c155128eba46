import type { BenchRow } from './bench-row.ts';
import { TOOLS, toRowFloor, type Tool } from './row-floor.ts';

/** One repetition of a row, by both tools. */
export interface RowRun {
  readonly row: BenchRow;
  /** From 1. */
  readonly repetition: number;
  readonly order: readonly Tool[];
}

/** A repetition that has ended. */
export interface EndedRun {
  readonly rowName: string;
  /** With preparation and clean-up, both tools. */
  readonly seconds: number;
  readonly hasFailed: boolean;
}

export interface RunLimits {
  /** Of each row. */
  readonly repetitions: number;
  readonly remainingSeconds: number;
}

/** Of a row that has not run yet: kubectl may take several times its floor, and each node has to be prepared. */
const ASSUMED_FACTOR = 4;
const ASSUMED_EXTRA_SECONDS = 40;

/**
 * Which repetition comes next: every row once, in the order of the table; then again, the shortest rows first, as long as the remaining time
 * suffices and a row has not failed. The tool that starts alternates from row to row and from repetition to repetition. Undefined: nothing is
 * left that fits. Pure.
 */
export const chooseRun = (
  rows: readonly BenchRow[],
  ended: readonly EndedRun[],
  { repetitions, remainingSeconds }: RunLimits,
): RowRun | undefined => {
  const choices = rows.map((row, index) => {
    const own = ended.filter(({ rowName }) => rowName === row.name);
    return {
      row,
      index,
      count: own.length,
      hasFailed: own.some(({ hasFailed }) => hasFailed),
      seconds: toSeconds(row, own),
    };
  });
  const [chosen] = choices
    .filter(({ count, hasFailed, seconds }) => count < repetitions && !hasFailed && seconds <= remainingSeconds)
    .sort(
      (one, other) =>
        one.count - other.count || (one.count === 0 ? one.index - other.index : one.seconds - other.seconds),
    );
  if (chosen === undefined) return undefined;
  const order = (chosen.index + chosen.count) % 2 === 0 ? TOOLS : TOOLS.toReversed();
  return { row: chosen.row, repetition: chosen.count + 1, order };
};

/** How long a repetition takes: as long as the longest before it. */
const toSeconds = (row: BenchRow, own: readonly EndedRun[]): number =>
  own.length === 0
    ? ASSUMED_FACTOR * toRowFloor(row, 'kubectl').drainSeconds + ASSUMED_EXTRA_SECONDS
    : Math.max(...own.map(({ seconds }) => seconds));
