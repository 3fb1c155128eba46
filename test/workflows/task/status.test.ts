import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { createWorkflowDirectory } from '../../../src/worker/workflow-directory.ts';
import { clusterAddress } from '../../builders/cluster-address.ts';
import { target } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';
import type { WorkflowHandle } from '@temporalio/client';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const readDetails = async (handle: WorkflowHandle): Promise<string> =>
  (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;

const stepsOf = (status: RunStatus): Record<string, string> =>
  Object.fromEntries((status.nodes[0]?.steps ?? []).map((step) => [step.name, step.status]));

describe('what users see', () => {
  it.concurrent('before the plan: no node yet, then the pending steps', async () => {
    const script = stage.createScript();
    const acceptance = script.hold('acceptRequest');
    const planning = script.hold('planTask');
    const origin = { requestedBy: 'kim', reason: 'disk errors' };
    const handle = await stage.startTask(script, ['node-1'], origin);
    await acceptance.reached;
    expect(await handle.query('status')).toMatchObject({
      phase: 'Starting',
      message: 'checking the request',
      nodes: [],
    });
    expect(await handle.query('plan')).toBeNull();
    acceptance.release();
    await planning.reached;
    const status = await handle.query<RunStatus>('status');
    expect(status).toMatchObject({ phase: 'Preparing', message: 'preflight of node node-1', taskId: '42', ...origin });
    expect(status.clusterAddress).toEqual(clusterAddress());
    expect(stepsOf(status)).toMatchObject({ preflight: 'Running', budgets: 'NotExecuted', finish: 'NotExecuted' });
    planning.release();
    const ending = await stage.awaitEnding(handle);
    expect(ending.report).toMatchObject({ clusterAddress: clusterAddress(), ...origin });
  });

  it.concurrent('during the drain: the pods in the node, its workflow id in the task', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    const eviction = script.hold('evictPod', 'web-2');
    const handle = await stage.startTask(script, ['node-1', 'node-2'], { timeoutSeconds: 600 });
    await eviction.reached;
    const child = stage.childOf(script, 'node-1');
    const status = await stage.awaitStatus(child, ({ nodes }) => nodes[0]?.pods[1]?.state === 'Evicted');
    expect(status.nodes[0]?.pods).toMatchObject([
      { name: 'web-2', state: 'Evicting' },
      { name: 'web-1', state: 'Evicted' },
    ]);
    expect(Date.parse(status.nodes[0]?.drainDeadlineAt ?? '')).toBeGreaterThan(Date.now());
    expect(await child.query('plan')).toBeNull();
    const task = await handle.query<RunStatus>('status');
    expect(task).toMatchObject({
      phase: 'Draining',
      message: 'decommissioning node node-1 (0 of 2 ended)',
      waits: '1 node waits: 1 of 1 node runs',
      nodes: [{ childWorkflowId: child.workflowId, pods: [] }, { nodeName: 'node-2' }],
    });
    expect(await handle.query('plan')).toMatchObject({ verdict: 'Go' });
    await child.signal('drainPicture', ['default/web-2 | BlockedByBudget | waits for default/web-pdb', 'and no more']);
    expect(await readDetails(child)).toBe(
      [
        '**Draining** evicting 2 pods from node node-1',
        '',
        '| node | step | pods | outcome |',
        '| --- | --- | --- | --- |',
        '| node-1 | evict: Running | 1 of 2 gone |  |',
        '',
        '| pod | state | waiting for |',
        '| --- | --- | --- |',
        '| default/web-2 | BlockedByBudget | waits for default/web-pdb |',
        '| and no more | | |',
        '',
        '\u00a0',
      ].join('\n'),
    );
    expect(await readDetails(handle)).toContain('| node-2 | cordon: Succeeded |  |  |');
    eviction.release();
    await stage.awaitEnding(handle);
    expect(await readDetails(child)).not.toContain('BlockedByBudget');
  });

  it.concurrent('in the history: a summary of each activity; none is retried forever', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await stage.awaitEnding(handle);
    const ofTask = await stage.readScheduled(handle);
    const scheduled = [...ofTask, ...(await stage.readScheduled(stage.childOf(script, 'node-1')))];
    expect(scheduled.filter(({ summary, maximumAttempts }) => summary === '' || maximumAttempts === 0)).toEqual([]);
    expect(scheduled.find(({ name }) => name === 'evictPod')).toMatchObject({
      activityId: 'evict:default/web-1',
      summary: 'default/web-1 of Deployment/web',
    });
    expect(ofTask.find(({ name }) => name === 'protectWorkloads')?.summary).toBe('nodes node-1, node-2');
  });

  it.concurrent('from the worker: drain progress', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const eviction = script.hold('evictPod');
    const handle = await stage.startTask(script, ['node-1']);
    await eviction.reached;
    const child = stage.childOf(script, 'node-1');
    const { runId } = await child.describe();
    await createWorkflowDirectory(stage.client).reportProgress(child.workflowId, runId, [
      'default/web-1 | waits | long',
    ]);
    expect(await readDetails(child)).toContain('| default/web-1 | waits | long |');
    eviction.release();
    await stage.awaitEnding(handle);
  });

  it.concurrent('during the undo, and after the close', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const eviction = script.holdUntilCancelled('evictPod');
    const budgets = script.hold('releaseBudgets');
    const handle = await stage.startTask(script, ['node-1']);
    await eviction.reached;
    await handle.cancel();
    await budgets.reached;
    expect(await handle.query('status')).toMatchObject({ phase: 'Undoing', nodes: [{ outcome: 'Cancelled' }] });
    budgets.release();
    await stage.awaitEnding(handle);
    const status = await handle.query<RunStatus>('status');
    expect(status).toMatchObject({ phase: 'Closed', outcome: 'Cancelled' });
    expect(stepsOf(status)).toMatchObject({ budgets: 'Undone', cordon: 'Undone', evict: 'Failed' });
    expect(await readDetails(handle)).toMatch(/^\*\*Closed\*\*/);
  });
});
