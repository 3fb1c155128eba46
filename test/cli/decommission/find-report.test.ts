import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeReportFile } from '../../../src/cli/embedded/report-files.ts';
import { toStateDirectory, type StateDirectory } from '../../../src/cli/embedded/state-directory.ts';
import { askForReport, readReportFromDisk, type UnreportedAnswer } from '../../../src/cli/decommission/find-report.ts';
import type { DecommissionClient } from '../../../src/client/decommission-client.ts';
import { DecommissionNotFoundError, NoReportError, NoWorkerError } from '../../../src/client/decommission-error.ts';
import type { DecommissionHandle } from '../../../src/client/decommission-handle.ts';
import { toTaskId } from '../../../src/domain/request/task-id.ts';
import { createReportFolder } from '../../../src/worker/report-folder.ts';
import { decommissionReport, nodeReport } from '../../builders/decommission-report.ts';
import { joinedStatus } from '../../builders/run-status.ts';
import { listed } from './listed-decommission.ts';

const known = listed('task-1', 'node-1', { state: 'Terminated' });
const report = decommissionReport();
const noReport = new NoReportError(known.workflowId, 'was terminated (manually)');

/** Has one decommission, with this status. */
const clientWith = (status: ReturnType<typeof joinedStatus> | Error): DecommissionClient => {
  const handle: Partial<DecommissionHandle> = {
    workflowId: known.workflowId,
    status: () => (status instanceof Error ? Promise.reject(status) : Promise.resolve(status)),
    report: () => Promise.resolve(report),
  };
  const describe = () => Promise.resolve({ status: { name: 'COMPLETED' } });
  const client: Partial<DecommissionClient> = {
    client: { workflow: { getHandle: () => ({ describe }) } } as unknown as DecommissionClient['client'],
    list: ({ state } = {}) => Promise.resolve(state === 'closed' ? [known] : []),
    attach: (target) => {
      const id = typeof target === 'string' ? target : `decommission/${target.cluster}/task/${target.taskId}`;
      if (id !== known.workflowId) return Promise.reject(new DecommissionNotFoundError(id, 'default'));
      return Promise.resolve(handle as DecommissionHandle);
    },
  };
  return client as DecommissionClient;
};

describe('askForReport', () => {
  const closed = joinedStatus({ phase: 'Closed' });
  it.each([
    { name: 'the report of a task', task: 'task-1', status: closed, expected: { kind: 'report', report } },
    { name: 'the report of the newest', task: undefined, status: closed, expected: { kind: 'report', report } },
    {
      name: 'the report of one that needs an operator',
      task: 'task-1',
      status: joinedStatus({ phase: 'NeedsOperator' }),
      expected: { kind: 'report', report },
    },
    { name: 'nothing for an unknown task', task: 'task-2', status: closed, expected: { kind: 'nothing' } },
    {
      name: 'the failure of one without a report',
      task: 'task-1',
      status: noReport,
      expected: { kind: 'lost', workflowId: known.workflowId, failure: noReport },
    },
    {
      name: 'the failure of the newest without a report',
      task: undefined,
      status: noReport,
      expected: { kind: 'lost', workflowId: known.workflowId, failure: noReport },
    },
  ])('returns $name', async ({ task, status, expected }) => {
    expect(await askForReport(clientWith(status), { task })).toEqual(expected);
  });

  it('returns nothing from an empty server', async () => {
    const empty = { list: () => Promise.resolve([]) } as Partial<DecommissionClient> as DecommissionClient;
    expect(await askForReport(empty, { task: undefined })).toEqual({ kind: 'nothing' });
  });

  it.each([
    { name: 'it is still running', status: joinedStatus(), message: 'is still running' },
    { name: 'no worker responds', status: new NoWorkerError('no worker polls'), message: 'no worker polls' },
  ])('fails when $name', async ({ status, message }) => {
    await expect(askForReport(clientWith(status), { task: 'task-1' })).rejects.toThrow(message);
  });
});

describe('readReportFromDisk', () => {
  let folder: string;
  let state: StateDirectory;
  let notes: string[];
  let directory: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node-decommission-find-report-'));
    state = toStateDirectory({ NODE_DECOMMISSION_STATE: folder });
    directory = join(folder, 'of-workers');
    notes = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = async (answer: UnreportedAnswer, task: string | undefined): ReturnType<typeof readReportFromDisk> =>
    readReportFromDisk(answer, task, 'default', { state, directory }, (line) => notes.push(line));

  const nothing: UnreportedAnswer = { kind: 'nothing' };
  const slugged = 'ticket 42: node-1 is broken';
  it.each([
    { name: 'a task id', task: 'task-1', taskId: 'task-1' },
    { name: 'a task id as written in the request', task: slugged, taskId: toTaskId(slugged) },
    { name: 'a workflow id', task: known.workflowId, taskId: 'task-1' },
    { name: 'no name: the newest', task: undefined, taskId: 'task-1' },
  ])('finds by $name a report that no server has any more', async ({ task, taskId }) => {
    const onDisk = { ...report, taskId };
    await writeReportFile(state, onDisk);
    expect(await read(nothing, task)).toEqual({ report: onDisk, exitStatus: 0 });
    expect(notes).toEqual([]);
  });

  it.each([['task-1'], [undefined]])(
    'falls back to the file of the same task when the server has no report of it: %p',
    async (task) => {
      await writeReportFile(state, report);
      await writeReportFile(state, decommissionReport({ taskId: 'task-2', endedAt: '2026-02-01T12:00:00Z' }));
      const answer: UnreportedAnswer = { kind: 'lost', workflowId: known.workflowId, failure: noReport };
      expect(await read(answer, task)).toEqual({ report, exitStatus: 4 });
      expect(notes).toEqual([
        noReport.message,
        `Showing its last report in ${state.reportsPath}, written at ${report.endedAt}. Later events are not included.`,
      ]);
    },
  );

  it.each([
    ['a node', 'node-1'],
    ['its task', 'task-1'],
    ['the workflow id of its task', known.workflowId],
    ['the workflow id of the node', 'decommission/default/node/node-1'],
    ['no name: the newest', undefined],
  ])('finds by %s what a worker has stored', async (_how, task) => {
    const stored = decommissionReport({ nodes: [nodeReport()] });
    await createReportFolder(directory).store(stored, 'run-1');
    expect(await read(nothing, task)).toEqual({ report: stored, exitStatus: 0 });
  });

  it('joins the stored reports of the nodes of a task', async () => {
    for (const nodeName of ['node-1', 'node-2']) {
      const nodes = [nodeReport({ nodeName, outcome: nodeName === 'node-1' ? 'RolledBack' : 'Decommissioned' })];
      await createReportFolder(directory).store(decommissionReport({ nodes }), 'run-1');
    }
    const { report: joined } = await read(nothing, 'task-1');
    expect(joined.outcome).toBe('RolledBack');
    expect(joined.nodes.map(({ nodeName }) => nodeName).sort()).toEqual(['node-1', 'node-2']);
  });

  it('shows the newer one of two places', async () => {
    await writeReportFile(state, report);
    const newer = decommissionReport({ endedAt: '2026-03-01T12:00:00Z', nodes: [nodeReport()] });
    await createReportFolder(directory).store(newer, 'run-1');
    expect(await read(nothing, 'task-1')).toEqual({ report: newer, exitStatus: 0 });
  });

  it("rethrows the server's failure when there is no file either", async () => {
    const answer: UnreportedAnswer = { kind: 'lost', workflowId: known.workflowId, failure: noReport };
    await expect(read(answer, 'task-1')).rejects.toBe(noReport);
  });

  it.each([
    { task: 'task-1', message: 'no report of task-1 found, neither on a Temporal server nor in' },
    { task: undefined, message: 'no report found, neither on a Temporal server nor in' },
  ])('names the places that were searched for $task', async ({ task, message }) => {
    await expect(read(nothing, task)).rejects.toThrow(message);
  });
});
