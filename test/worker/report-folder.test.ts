import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DecommissionReport } from '../../src/domain/run/report.ts';
import { createReportFolder, findStoredReports } from '../../src/worker/report-folder.ts';
import { decommissionReport, nodeReport } from '../builders/decommission-report.ts';

const ofNode = (nodeName: string, overrides: Partial<DecommissionReport> = {}): DecommissionReport =>
  decommissionReport({ nodes: [nodeReport({ nodeName })], ...overrides });

describe('createReportFolder', () => {
  let folder: string;
  let directory: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node-decommission-report-folder-'));
    directory = join(folder, 'reports');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const store = async (report: DecommissionReport, runId = 'run-1'): Promise<void> => {
    await createReportFolder(directory).store(report, runId);
  };

  const findNames = async (wanted: { nodeName?: string; taskId?: string } = {}): Promise<readonly string[]> =>
    (await findStoredReports(directory, { cluster: 'default', ...wanted })).map((path) =>
      path.slice(directory.length + 1),
    );

  it('writes one file for each run of a node, and no other', async () => {
    const report = ofNode('node-1');
    await store(report);
    await store(report, 'run-2');
    const files = await readdir(join(directory, 'default', 'node-1'));
    expect(files.sort()).toEqual(['2026-01-01T12-01-30Z_task-1_run-1.json', '2026-01-01T12-01-30Z_task-1_run-2.json']);
    const [path = ''] = await findStoredReports(directory, { cluster: 'default', nodeName: 'node-1' });
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(report);
  });

  it('writes the same file again when the activity is repeated', async () => {
    await store(ofNode('node-1'));
    await store(ofNode('node-1'));
    expect(await readdir(join(directory, 'default', 'node-1'))).toHaveLength(1);
  });

  it.each(['../../etc', '..', 'a/b', '.'])(
    'stays in its folder, whatever the name of a cluster is: %s',
    async (cluster) => {
      await store(ofNode('node-1', { cluster }));
      expect(await readdir(folder)).toEqual(['reports']);
      expect(await findStoredReports(directory, { cluster, nodeName: 'node-1' })).toHaveLength(1);
    },
  );

  it('names folder and cause when it cannot write', async () => {
    await writeFile(directory, 'a file');
    await expect(store(ofNode('node-1'))).rejects.toMatchObject({
      type: 'ReportNotStored',
      retryable: true,
      message: expect.stringMatching(`could not be written to ${directory} \\((ENOTDIR|EEXIST)\\)`) as unknown,
    });
  });

  it('finds the newest of a node, else the newest of each node of a task, else the newest', async () => {
    const later = { endedAt: '2026-02-01T12:00:00Z', taskId: 'task_2' };
    await store(ofNode('node-1'));
    await store(ofNode('node-1', later));
    await store(ofNode('node-2'));
    expect(await findNames({ nodeName: 'node-1', taskId: 'node-1' })).toEqual([
      'default/node-1/2026-02-01T12-00-00Z_task_2_run-1.json',
    ]);
    expect(await findNames({ nodeName: 'task-1', taskId: 'task-1' })).toEqual([
      'default/node-1/2026-01-01T12-01-30Z_task-1_run-1.json',
      'default/node-2/2026-01-01T12-01-30Z_task-1_run-1.json',
    ]);
    expect(await findNames({ taskId: 'task_2' })).toHaveLength(1);
    expect(await findNames()).toEqual(['default/node-1/2026-02-01T12-00-00Z_task_2_run-1.json']);
    expect(await findNames({ nodeName: 'node-9' })).toEqual([]);
  });

  it('finds nothing before the first report', async () => {
    expect(await findNames()).toEqual([]);
  });
});
