import { describe, expect, it } from '@jest/globals';
import { awaitNodeWorkflow } from '../../../src/activities/node/await-node-workflow.ts';
import type { NodeWorkflow } from '../../../src/ports/workflow-directory.ts';
import { nodeReport, podReport } from '../../builders/decommission-report.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

const ID = 'decommission/default/node/node-1';
const TASK = { taskId: '42', fingerprint: 'f-1' };
const open: NodeWorkflow = { kind: 'open', runId: 'run-2', task: TASK };

const awaitEnd = async (...states: readonly NodeWorkflow[]) => {
  const directory = new FakeWorkflowDirectory();
  directory.nodeWorkflows.set(ID, states);
  return await runActivity(awaitNodeWorkflow({ directory }), [ID, TASK]);
};

describe('awaitNodeWorkflow', () => {
  it('waits for the end of a workflow of the same task and returns its report without lists', async () => {
    const end = await awaitEnd(open, { ...open, kind: 'closed', report: nodeReport({ pods: [podReport()] }) });
    expect(end).toEqual({ kind: 'closed', runId: 'run-2', report: nodeReport() });
  });

  it.each<[string, NodeWorkflow]>([
    ['another task', { ...open, task: { ...TASK, taskId: '7' } }],
    ['the same task id with another request', { ...open, task: { ...TASK, fingerprint: 'f-2' } }],
    ['no task', { kind: 'open', runId: 'run-2' }],
  ])('does not wait for a workflow of %s', async (_name, workflow) => {
    expect(await awaitEnd(workflow)).toEqual({ kind: 'foreign' });
  });

  it.each<[string, NodeWorkflow, string]>([
    ['was terminated', { ...open, kind: 'closed' }, 'run-2'],
    ['was deleted', { kind: 'absent' }, ''],
  ])('returns no report of a workflow that %s', async (_name, workflow, runId) => {
    expect(await awaitEnd(workflow)).toEqual({ kind: 'closed', runId });
  });
});
