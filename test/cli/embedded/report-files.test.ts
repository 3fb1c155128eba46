import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReportFile, writeReportFile } from '../../../src/cli/embedded/report-files.ts';
import { toStateDirectory, type StateDirectory } from '../../../src/cli/embedded/state-directory.ts';
import { decommissionReport } from '../../builders/decommission-report.ts';

let folder: string;
let state: StateDirectory;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node-decommission-reports-'));
  state = toStateDirectory({ NODE_DECOMMISSION_STATE: folder });
});
afterEach(() => rm(folder, { recursive: true }));

describe('report files', () => {
  it('are named for task and time', async () => {
    expect(await writeReportFile(state, decommissionReport())).toBe(
      join(folder, 'reports', 'task-1-2026-01-01T12-01-30Z.json'),
    );
  });

  it('give back the newest report of a task, and of all', async () => {
    const older = decommissionReport({ endedAt: '2026-01-01T12:00:10Z' });
    const newer = decommissionReport({ endedAt: '2026-01-01T12:00:20Z' });
    const ofOther = decommissionReport({ taskId: 'task-1-b', endedAt: '2026-01-01T12:00:30Z' });
    for (const report of [newer, older, ofOther]) await writeReportFile(state, report);
    expect(await readReportFile(state, 'task-1')).toEqual(newer);
    expect(await readReportFile(state, undefined)).toEqual(ofOther);
  });

  it('are none before the first run', async () => {
    expect(await readReportFile(state, 'task-1')).toBeUndefined();
  });
});
