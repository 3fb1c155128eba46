import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DecommissionReport } from '../../domain/run/report.ts';
import { CliFailure } from '../cli-failure.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
import type { StateDirectory } from './state-directory.ts';

/**
 * Writes a report to `<state>/reports/<taskId>-<time>.json` and returns the path. Creates the folder. Writes a temporary file and renames
 * it, so that a crash leaves no incomplete report under that name.
 */
export const writeReportFile = async (state: StateDirectory, report: DecommissionReport): Promise<string> => {
  await mkdir(state.reportsPath, { recursive: true, mode: 0o700 });
  const time = report.endedAt.replace(/[:.]/g, '-');
  const path = join(state.reportsPath, `${report.taskId}-${time}.json`);
  const draft = `${path}.${process.pid}`;
  try {
    await writeFile(draft, `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600, flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return path;
};

/**
 * The newest report on disk of that task; of any task when none is named. Undefined when there is none. Broken files are skipped, each
 * with a line to `note`.
 *
 * @throws CliFailure `ReportsUnreadable`: the folder cannot be read.
 */
export const readReportFile = async (
  state: StateDirectory,
  taskId: string | undefined,
  note: (line: string) => void,
): Promise<DecommissionReport | undefined> => {
  const names = (await readNames(state.reportsPath)).filter(
    (name) => name.endsWith('.json') && (taskId === undefined || name.startsWith(`${taskId}-`)),
  );
  const reports = await Promise.all(names.map((name) => readReportAt(join(state.reportsPath, name), note)));
  return reports
    .filter((report) => report !== undefined)
    .filter((report) => taskId === undefined || report.taskId === taskId)
    .sort((one, other) => other.endedAt.localeCompare(one.endedAt))[0];
};

const readNames = async (path: string): Promise<readonly string[]> => {
  try {
    return await readdir(path);
  } catch (error) {
    const code = readErrorCode(error);
    if (code === 'ENOENT') return [];
    throw new CliFailure('ReportsUnreadable', `the reports in ${path} cannot be read (${code ?? 'unknown cause'}).`, 1);
  }
};

/** The report in that file; undefined, with a line to `note`, when it cannot be read. */
export const readReportAt = async (
  path: string,
  note: (line: string) => void,
): Promise<DecommissionReport | undefined> => {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isReport(value)) return value;
    note(`Skipped ${path}: it is not a complete report.`);
  } catch (error) {
    const code = readErrorCode(error);
    note(`Skipped ${path}: ${code === undefined ? 'it is not a complete report' : `it cannot be read (${code})`}.`);
  }
  return undefined;
};

/** Checks the fields that sorting and printing need. */
const isReport = (value: unknown): value is DecommissionReport => {
  if (typeof value !== 'object' || value === null) return false;
  const { taskId, endedAt, outcome, nodes, undo } = value as Partial<Record<keyof DecommissionReport, unknown>>;
  return [taskId, endedAt, outcome].every((each) => typeof each === 'string') && [nodes, undo].every(Array.isArray);
};
