import type { ProcessUse } from '../record/benchmark-record.ts';
import type { PreparedNode } from './prepare-row.ts';
import type { BenchStack } from './start-bench-stack.ts';

/** A drain command that has succeeded. */
export interface EndedCommand {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly processes: readonly ProcessUse[];
}

/**
 * Runs the drain command of a tool to its end.
 * @throws Error when it fails, or does not end in time.
 */
export type RunDrainCommand = (
  bench: BenchStack,
  node: PreparedNode,
  timeoutMilliseconds: number,
) => Promise<EndedCommand>;
