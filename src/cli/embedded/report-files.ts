import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DecommissionReport } from '../../domain/report.ts';
import type { StateDirectory } from './state-directory.ts';

/** Writes a report to `<state>/reports/<taskId>-<time>.json` and gives the path. Creates the folder. */
export const writeReportFile = async (state: StateDirectory, report: DecommissionReport): Promise<string> => {
  await mkdir(state.reportsPath, { recursive: true, mode: 0o700 });
  const time = report.endedAt.replace(/[:.]/g, '-');
  const path = join(state.reportsPath, `${report.taskId}-${time}.json`);
  await writeFile(path, `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600 });
  return path;
};

/** The newest report on disk of that task; of any task when none is named. Undefined when there is none. */
export const readReportFile = async (
  state: StateDirectory,
  taskId: string | undefined,
): Promise<DecommissionReport | undefined> => {
  const names = await readdir(state.reportsPath).catch(() => []);
  const reports = await Promise.all(
    names
      .filter((name) => name.endsWith('.json') && (taskId === undefined || name.startsWith(`${taskId}-`)))
      .map(async (name) => JSON.parse(await readFile(join(state.reportsPath, name), 'utf8')) as DecommissionReport),
  );
  return reports
    .filter((report) => taskId === undefined || report.taskId === taskId)
    .sort((one, other) => other.endedAt.localeCompare(one.endedAt))[0];
};
