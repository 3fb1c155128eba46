import { setTimeout as delay } from 'node:timers/promises';
import { measureDrain } from '../drain/measure-drain.ts';
import { startBenchStack, type BenchStack } from '../drain/start-bench-stack.ts';
import type { RunRecord } from '../record/benchmark-record.ts';
import { WARM_UP_ROW } from './bench-rows.ts';
import type { BenchRow } from './bench-row.ts';
import { chooseRun, type EndedRun, type RowRun } from './choose-run.ts';
import { TOOLS, type Tool } from './row-floor.ts';

export interface RowsToMeasure {
  readonly rows: readonly BenchRow[];
  /** Those before; completed by this function. */
  readonly ended: EndedRun[];
  readonly repetitions: number;
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
  readonly onProgress: (line: string) => void;
  /** Called after each drain, so that what is measured is kept whatever happens next. */
  readonly onRun: (row: BenchRow, run: RunRecord) => Promise<void>;
}

/** kubectl needs a fifth of it for the slowest row. */
const MAX_RUN_MILLISECONDS = 600_000;
/** Controllers and garbage collectors finish with what the clean-up has left. */
const QUIET_MILLISECONDS = 1000;

/**
 * Measures rows until each has its repetitions or the time is up. A run that fails is recorded with its reason, and the next one gets a new stack, since
 * the old one may be what failed.
 */
export const measureRows = async (given: RowsToMeasure): Promise<void> => {
  const { rows, ended, repetitions, deadlineAt, onProgress } = given;
  let bench: BenchStack | undefined;
  const choose = (): RowRun | undefined =>
    chooseRun(rows, ended, { repetitions, remainingSeconds: (deadlineAt - Date.now()) / 1000 });
  try {
    for (let run = choose(); run !== undefined; run = choose()) {
      const startedAt = Date.now();
      let hasFailed = false;
      for (const tool of run.order) {
        bench ??= await startWarmBench(onProgress);
        if (await measureRun(bench, run, tool, given)) continue;
        hasFailed = true;
        await bench.stack.stop();
        bench = undefined;
      }
      ended.push({ rowName: run.row.name, seconds: (Date.now() - startedAt) / 1000, hasFailed });
    }
  } finally {
    await bench?.stack.stop();
  }
};

/** A stack on which each tool has drained a small node. */
const startWarmBench = async (onProgress: (line: string) => void): Promise<BenchStack> => {
  const bench = await startBenchStack(onProgress);
  try {
    for (const tool of TOOLS) {
      await measureDrain(bench, WARM_UP_ROW, tool, `warm-up-${toSuffix(tool)}`, MAX_RUN_MILLISECONDS);
    }
    return bench;
  } catch (error) {
    await bench.stack.stop();
    throw error;
  }
};

/** @returns whether it succeeded */
const measureRun = async (
  bench: BenchStack,
  { row, repetition }: RowRun,
  tool: Tool,
  { deadlineAt, onProgress, onRun }: RowsToMeasure,
): Promise<boolean> => {
  await delay(QUIET_MILLISECONDS);
  const at = new Date().toISOString();
  const name = `${row.name}-${toSuffix(tool)}-${repetition}`;
  const timeoutMilliseconds = Math.min(MAX_RUN_MILLISECONDS, Math.max(1, deadlineAt - Date.now()));
  try {
    const measurement = await measureDrain(bench, row, tool, name, timeoutMilliseconds);
    onProgress(
      `${name}: ${measurement.drainSeconds.toFixed(1)} s from first eviction to last pod gone, ${measurement.wholeSeconds.toFixed(1)} s in all`,
    );
    await onRun(row, { tool, at, outcome: 'measured', measurement });
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    onProgress(`${name} failed: ${reason}`);
    await onRun(row, { tool, at, outcome: 'failed', reason });
    return false;
  }
};

const toSuffix = (tool: Tool): string => (tool === 'kubectl' ? 'kubectl' : 'ours');
