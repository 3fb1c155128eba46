import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReportFile, writeReportFile } from '../../../src/cli/embedded/report-files.ts';
import { toStateDirectory, type StateDirectory } from '../../../src/cli/embedded/state-directory.ts';
import { decommissionReport } from '../../builders/decommission-report.ts';

let folder: string;
let state: StateDirectory;
let notes: string[];
const note = (line: string): void => {
  notes.push(line);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node-decommission-reports-'));
  notes = [];
  state = toStateDirectory({ NODE_DECOMMISSION_STATE: folder });
});
afterEach(() => rm(folder, { recursive: true }));

describe('report files', () => {
  it('are named after task and time', async () => {
    expect(await writeReportFile(state, decommissionReport())).toBe(
      join(folder, 'reports', 'task-1-2026-01-01T12-01-30Z.json'),
    );
  });

  it('return the newest report of a task, and of all tasks', async () => {
    const older = decommissionReport({ endedAt: '2026-01-01T12:00:10Z' });
    const newer = decommissionReport({ endedAt: '2026-01-01T12:00:20Z' });
    const ofOther = decommissionReport({ taskId: 'task-1-b', endedAt: '2026-01-01T12:00:30Z' });
    for (const report of [newer, older, ofOther]) await writeReportFile(state, report);
    expect(await readReportFile(state, 'task-1', note)).toEqual(newer);
    expect(await readReportFile(state, undefined, note)).toEqual(ofOther);
  });

  it('are written to a temporary file first, so that a crash leaves no incomplete one', async () => {
    // A folder of that name makes the rename fail; writing to it directly would fail at the first byte.
    const report = decommissionReport();
    await mkdir(join(state.reportsPath, 'task-1-2026-01-01T12-01-30Z.json'), { recursive: true });
    await expect(writeReportFile(state, report)).rejects.toMatchObject({ syscall: 'rename' });
    expect(await readdir(state.reportsPath)).toEqual(['task-1-2026-01-01T12-01-30Z.json']);
  });

  it.each([
    { name: 'one that is incomplete after a crash', text: '{"version": 1, "taskId": "task-1", "ended' },
    { name: 'an empty one', text: '' },
    { name: 'JSON that is not a report', text: '["task-1"]' },
    { name: 'a report without its time', text: '{"taskId": "task-1", "outcome": "DryRun", "nodes": [], "undo": []}' },
  ])('are read beside $name, which is skipped and named', async ({ text }) => {
    const report = decommissionReport();
    await writeReportFile(state, report);
    const broken = join(state.reportsPath, 'task-1-2026-01-01T13-00-00Z.json');
    await writeFile(broken, text);
    expect(await readReportFile(state, 'task-1', note)).toEqual(report);
    expect(notes).toEqual([`Skipped ${broken}: it is not a complete report.`]);
  });

  it('are read beside one that cannot be read', async () => {
    const report = decommissionReport();
    await writeReportFile(state, report);
    const broken = join(state.reportsPath, 'task-1-folder.json');
    await mkdir(broken);
    expect(await readReportFile(state, 'task-1', note)).toEqual(report);
    expect(notes).toEqual([`Skipped ${broken}: it cannot be read (EISDIR).`]);
  });

  it('are an error when their folder cannot be read', async () => {
    await writeFile(state.reportsPath, 'a file where the folder should be');
    await expect(readReportFile(state, 'task-1', note)).rejects.toMatchObject({
      code: 'ReportsUnreadable',
      message: `the reports in ${state.reportsPath} cannot be read (ENOTDIR).`,
    });
  });

  it('are absent before the first run', async () => {
    expect(await readReportFile(state, 'task-1', note)).toBeUndefined();
  });
});
