import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import type { BenchRow } from '../rows/bench-row.ts';
import type { ObservedTimes, Tool } from '../rows/row-floor.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export const RECORD_PATH = join(REPOSITORY, 'docs/benchmarks.json');

/** Where and with what something was measured. */
export interface Environment {
  /** Short commit id; ends in `+changes` if the checkout had changes. */
  readonly commit: string;
  /** When the measurement began, RFC 3339. */
  readonly startedAt: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGigabytes: number;
  /** By the name of the program, e.g. `Kubernetes: 1.36.3`. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Delays in milliseconds. */
export interface DelayFigures {
  readonly count: number;
  readonly median: number;
  readonly longest: number;
}

/** What a process of the client used. */
export interface ProcessUse {
  readonly name: string;
  readonly cpuSeconds: number;
  /** The most memory that was resident, in MB (10⁶ bytes). */
  readonly peakMegabytes: number;
}

/** One drain of one node by one tool. */
export interface Measurement {
  /** From the command to its end. */
  readonly wholeSeconds: number;
  /** From the first eviction to the last pod gone. */
  readonly drainSeconds: number;
  /** From the command to the first eviction, and from the last pod gone to the end of the command. */
  readonly beforeSeconds: number;
  readonly afterSeconds: number;
  /** By verb and resource; `evict pods` are the creations of evictions. */
  readonly requests: Readonly<Record<string, number>>;
  readonly acceptedEvictions: number;
  /** Answers with status 429. */
  readonly refusedEvictions: number;
  /** Accepted evictions, divided by the time from the first eviction to the last accepted one. */
  readonly evictionsPerSecond: number;
  /** From the moment at which a budget allows another eviction to an accepted one; absent: no budget became free. */
  readonly freedToAccepted?: DelayFigures;
  readonly processes: readonly ProcessUse[];
  /** By workload. */
  readonly observed: Readonly<Record<string, ObservedTimes>>;
}

export type RunRecord =
  | { readonly tool: Tool; readonly at: string; readonly outcome: 'measured'; readonly measurement: Measurement }
  | { readonly tool: Tool; readonly at: string; readonly outcome: 'failed'; readonly reason: string };

/** A row as it was defined when it was measured, and all its runs. */
export interface RowRecord {
  readonly row: BenchRow;
  readonly environment: Environment;
  readonly runs: readonly RunRecord[];
}

/** One figure of a section that has no rows. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The goal; absent: the figure is for information. */
  readonly atMost?: number;
}

/** Figures that another program of `bench/scale/`, or a long test, has measured. */
export interface SectionRecord {
  readonly name: string;
  readonly environment: Environment;
  readonly figures: readonly Figure[];
  /** Why it has no figures. */
  readonly failure?: string;
}

/** The content of docs/benchmarks.json, from which docs/benchmarks.md is written. */
export interface BenchmarkRecord {
  readonly rows: readonly RowRecord[];
  readonly sections: readonly SectionRecord[];
  /** Remarks on the results; kept when the page is written again. */
  readonly notes: readonly string[];
}

export const EMPTY_RECORD: BenchmarkRecord = { rows: [], sections: [], notes: [] };

export const readRecord = (path = RECORD_PATH): BenchmarkRecord =>
  existsSync(path) ? { ...EMPTY_RECORD, ...(JSON.parse(readFileSync(path, 'utf8')) as BenchmarkRecord) } : EMPTY_RECORD;

export const writeRecord = async (record: BenchmarkRecord, path = RECORD_PATH): Promise<void> => {
  writeFileSync(path, await format(JSON.stringify(record), { parser: 'json', printWidth: 120 }));
};

/**
 * The record with another run of a row. The first run of an invocation replaces what an earlier one had measured; a later run is added. Other rows
 * are unchanged. Pure.
 */
export const withRun = (
  record: BenchmarkRecord,
  row: BenchRow,
  environment: Environment,
  run: RunRecord,
): BenchmarkRecord => {
  const known = record.rows.find((each) => each.row.name === row.name);
  const isSame = known?.environment.startedAt === environment.startedAt;
  const updated: RowRecord = { row, environment, runs: [...(isSame ? known.runs : []), run] };
  return { ...record, rows: replace(record.rows, updated, ({ row: { name } }) => name) };
};

/** The record with other figures of a section. Pure. */
export const withSection = (record: BenchmarkRecord, section: SectionRecord): BenchmarkRecord => ({
  ...record,
  sections: replace(record.sections, section, ({ name }) => name),
});

const replace = <Item>(items: readonly Item[], item: Item, toName: (each: Item) => string): readonly Item[] =>
  items.some((each) => toName(each) === toName(item))
    ? items.map((each) => (toName(each) === toName(item) ? item : each))
    : [...items, item];
