import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { CancelAnswer } from '../../../src/client/decommission-handle.ts';
import { createDecommissionClient } from '../../../src/client/decommission-client.ts';
import { failure } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ATTRIBUTION = { by: 'ann', reason: 'maintenance of the test' };

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

describe('the client refuses to cancel', () => {
  const cancel = async (workflowId: string): Promise<CancelAnswer> => {
    const client = await createDecommissionClient({ client: stage.client });
    return await (await client.attach(workflowId)).cancel(ATTRIBUTION);
  };
  const countRequests = (handle: WorkflowHandle): Promise<number> =>
    stage.countEvents(handle, 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');

  it.concurrent.each([
    ['deleteNode', 'skip', 'deleting Node node-1'],
    ['awaitNodeStaysGone', 'skip', 'deleting Node node-1'],
    ['runHostStage', 'required', 'stopping the kubelet of node node-1'],
    ['verifyHost', 'required', 'stopping the kubelet of node node-1'],
    ['releaseBudgets', 'skip', 'finishing the task after its last node'],
  ] as const)('past the point of no return: in %s, hostCleanup: %s', async (name, hostCleanup, what) => {
    const script = stage.createScript();
    const activity = script.hold(name);
    const handle = await stage.startTask(script, ['node-1'], { hostCleanup });
    await activity.reached;
    await expect(cancel(handle.workflowId)).rejects.toMatchObject({
      code: 'CannotCancel',
      message: expect.stringContaining(`: ${what} began at `) as unknown,
      passed: [{ what, laterNodeNames: [] }],
    });
    activity.release();
    const { report } = await stage.awaitEnding(handle);
    expect(report.outcome).toBe('Decommissioned');
    expect(report.message).not.toContain('Cancellation');
    expect(await countRequests(handle)).toBe(0);
  });

  it.concurrent('not before it: everything is undone', async () => {
    const script = stage.createScript();
    const activity = script.hold('confirmDrained');
    const handle = await stage.startTask(script, ['node-1']);
    await activity.reached;
    expect(await cancel(handle.workflowId)).toEqual({ continuing: [], undoneNodeNames: [] });
    activity.release();
    expect((await stage.awaitEnding(handle)).closedAs).toBe('CANCELLED');
  });

  it.concurrent('not while nodes are left that are not started: it names both kinds', async () => {
    const script = stage.createScript();
    const activity = script.hold('deleteNode', 'node-2');
    const handle = await stage.startTask(script, ['node-1', 'node-2', 'node-3', 'node-4']);
    await activity.reached;
    expect(await cancel(handle.workflowId)).toMatchObject({
      continuing: [{ nodeName: 'node-2', what: 'deleting Node node-2' }],
      undoneNodeNames: ['node-3', 'node-4'],
    });
    activity.release();
    const { report } = await stage.awaitEnding(handle);
    expect(report.nodes.map(({ outcome }) => outcome)).toEqual([
      'Decommissioned',
      'Decommissioned',
      'Cancelled',
      'Cancelled',
    ]);
  });

  it.concurrent('a separate decommissionNode in the same way', async () => {
    const script = stage.createScript();
    const activity = script.hold('deleteNode');
    const handle = await stage.startByItself(script, 'node-1');
    await activity.reached;
    await expect(cancel(handle.workflowId)).rejects.toMatchObject({ code: 'CannotCancel' });
    activity.release();
    await handle.result();
  });

  it.concurrent('not after a refused deletion: the node is undone', async () => {
    const script = stage.createScript();
    script.fail('deleteNode', failure('NodeDeletionRefused', 'denied.'));
    const uncordon = script.hold('uncordonNode');
    const handle = await stage.startTask(script, ['node-1']);
    await uncordon.reached;
    expect(await cancel(handle.workflowId)).toEqual({ continuing: [], undoneNodeNames: [] });
    uncordon.release();
    await stage.awaitEnding(handle);
  });
});
