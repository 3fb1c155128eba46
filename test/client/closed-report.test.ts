import { describe, expect, it } from '@jest/globals';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { readClosedReport, readJoinedReport } from '../../src/client/closed-report.ts';
import { decommissionReport, nodeReport, podReport } from '../builders/decommission-report.ts';

const TASK = 'decommission/default/task/task-1';
const NODE = 'decommission/default/node/node-1';
const AT = new Date('2026-01-01T12:00:00Z');

interface Closed {
  readonly status?: string;
  readonly memo?: object;
  /** Thrown as the cause of its failure. */
  readonly cause?: Error;
  readonly result?: unknown;
}

/** A Temporal with one closed workflow. */
const clientOf = ({ status = 'FAILED', memo = {}, cause, result }: Closed): Client =>
  ({
    workflow: {
      getHandle: (workflowId: string) => ({
        describe: () =>
          Promise.resolve({
            workflowId,
            runId: 'run-1',
            status: { name: status },
            memo,
            raw: {},
            startTime: AT,
            closeTime: AT,
          }),
        result: () =>
          cause === undefined
            ? Promise.resolve(result)
            : Promise.reject(new WorkflowFailedError('failed', cause, 'NON_RETRYABLE_FAILURE')),
      }),
    },
  }) as unknown as Client;

const failedWith = (detail: unknown): Closed => ({ cause: ApplicationFailure.create({ details: [detail] }) });
const cancelledWith = (report: unknown): Closed => ({
  status: 'CANCELLED',
  cause: new CancelledFailure('stop', ['not used']),
  memo: { report, task: { taskId: 'task-1', fingerprint: 'f-1' } },
});

describe('readClosedReport', () => {
  const report = decommissionReport({ outcome: 'RolledBack' });
  it.each<[string, Closed]>([
    ['its result', { result: report }],
    ['the first detail of its failure', failedWith(report)],
    ['its memo when it was cancelled', cancelledWith(report)],
  ])('reads the report of a task from %s', async (_name, closed) => {
    expect(await readClosedReport(clientOf(closed), TASK, 'run-1')).toEqual(report);
  });

  const node = nodeReport({
    outcome: 'RolledBack',
    failure: { type: 'DrainTimeout', message: 'the node still had a pod.' },
  });
  it.each<[string, Closed, string]>([
    ['its result', { result: node }, ''],
    ['the first detail of its failure', failedWith(node), ''],
    ['its memo when it was cancelled', cancelledWith(node), 'task-1'],
  ])("reads the report of a node's own workflow from %s", async (_name, closed, taskId) => {
    expect(await readClosedReport(clientOf(closed), NODE, 'run-1')).toEqual({
      version: 1,
      taskId,
      cluster: 'default',
      outcome: 'RolledBack',
      startedAt: AT.toISOString(),
      endedAt: AT.toISOString(),
      message: 'node node-1: the node still had a pod.',
      nodes: [node],
      undo: [],
      failure: node.failure,
    });
  });

  it.each<[string, Closed, string]>([
    ['a result of another shape', { result: 'done' }, 'returned a result that is not a report'],
    ['a failure without details', { cause: ApplicationFailure.create({ message: 'why' }) }, 'failed: why'],
    ['a failure with other details', failedWith('x'), 'failed'],
    ['a cancelled run without a report', cancelledWith('x'), 'was cancelled without writing one'],
    ['a terminated one', { cause: new TerminatedFailure('by mistake') }, 'was terminated (by mistake)'],
  ])('finds none in %s', async (_name, closed, how) => {
    await expect(readClosedReport(clientOf(closed), TASK, 'run-1')).rejects.toMatchObject({
      code: 'NoReport',
      message: expect.stringContaining(how) as unknown,
    });
  });
});

describe('readJoinedReport', () => {
  const own = nodeReport({ pods: [podReport()] });
  const task = decommissionReport({ nodes: [nodeReport({ childWorkflowId: NODE, childRunId: 'run-1' })] });
  it.each<[string, Closed, number]>([
    ['that has completed', { status: 'COMPLETED', result: own }, 1],
    ['that has failed', failedWith(own), 1],
    ['that was cancelled', cancelledWith(own), 1],
    ['that was terminated', { status: 'TERMINATED', cause: new TerminatedFailure('by mistake') }, 0],
    ['that runs', { status: 'RUNNING' }, 0],
  ])('adds the pods of a node %s', async (_name, closed, count) => {
    const { nodes } = await readJoinedReport(clientOf(closed), task);
    expect(nodes[0]?.pods).toHaveLength(count);
  });
});
