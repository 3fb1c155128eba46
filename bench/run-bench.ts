import { readFileSync } from 'node:fs';
import { parseBenchOptions, type BenchOptions } from './bench-options.ts';
import { writePage } from './page/write-page.ts';
import {
  readRecord,
  withRun,
  withSection,
  writeRecord,
  type BenchmarkRecord,
  type Figure,
  type RunRecord,
} from './record/benchmark-record.ts';
import { readEnvironment } from './record/read-environment.ts';
import type { BenchRow } from './rows/bench-row.ts';
import type { EndedRun } from './rows/choose-run.ts';
import { measureRows } from './rows/measure-rows.ts';
import { measureSection } from './scale/measure-section.ts';

/*
 * `npm run bench`: measures the rows and the sections, records each result in docs/benchmarks.json as soon as it is there, and writes
 * docs/benchmarks.md. What is not measured this time keeps its earlier figures, with their commit and time. Exit code 1: something has failed or was
 * not measured.
 */

const STANDARD_INPUT = 0;
const LEAST_SECTION_MILLISECONDS = 60_000;

const progress = (line: string): void => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
};

const main = async (): Promise<number> => {
  const options = parseBenchOptions(process.argv.slice(2));
  if (options.onlyPage) await writePage(readRecord());
  else if (options.recorded !== undefined) await recordFigures(options.recorded.name);
  else return await measureAll(options);
  return 0;
};

/** Each row once, then the sections, then further repetitions of the rows in what is left of the time. */
const measureAll = async ({ rows, sections, repetitions, minutes }: BenchOptions): Promise<number> => {
  const environment = readEnvironment(new Date());
  const deadlineAt = Date.now() + minutes * 60_000;
  const problems: string[] = [];
  const ended: EndedRun[] = [];

  const onRun = async (row: BenchRow, run: RunRecord): Promise<void> => {
    if (run.outcome === 'failed') problems.push(`${row.name}, ${run.tool}: ${run.reason}`);
    await record((known) => withRun(known, row, environment, run));
  };
  const measure = async (times: number): Promise<void> => {
    try {
      await measureRows({ rows, ended, repetitions: times, deadlineAt, onProgress: progress, onRun });
    } catch (error) {
      problems.push(`the stack: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  await measure(1);
  for (const section of sections) {
    const remaining = deadlineAt - Date.now();
    if (remaining < LEAST_SECTION_MILLISECONDS) {
      problems.push(`${section.name}: not measured, the time was up`);
      continue;
    }
    progress(section.title);
    const measured = await measureSection(section, remaining);
    if (measured.failure !== undefined) problems.push(`${section.name}: ${measured.failure}`);
    await record((known) => withSection(known, { name: section.name, environment, ...measured }));
  }
  await measure(repetitions);
  for (const { name } of rows) {
    if (!ended.some(({ rowName }) => rowName === name)) problems.push(`${name}: not measured, the time was up`);
  }
  for (const problem of problems) progress(problem);
  return problems.length === 0 ? 0 : 1;
};

/** Reads the file again each time: it may have been changed meanwhile. */
const record = async (update: (known: BenchmarkRecord) => BenchmarkRecord): Promise<void> => {
  const updated = update(readRecord());
  await writeRecord(updated);
  await writePage(updated);
};

const recordFigures = async (name: string): Promise<void> => {
  const figures = JSON.parse(readFileSync(STANDARD_INPUT, 'utf8')) as readonly Figure[];
  await record((known) => withSection(known, { name, environment: readEnvironment(new Date()), figures }));
};

process.exitCode = await main();
