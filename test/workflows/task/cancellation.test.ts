import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { failure, target, type ActivityName, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const UNDO = ['uncordonNode', 'releaseBudgets', 'releaseNodeLock'] as const;
const LOCK = ['releaseNodeLock node-1'];
const BUDGETS = ['releaseBudgets', ...LOCK];
const ALL = ['uncordonNode node-1', ...BUDGETS];
const NOTED = 'Cancellation was requested at ';
const ATTRIBUTION = { by: 'ann', reason: 'maintenance of the test' };

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

/** Resolves when exactly these calls were made, in any order. */
const expectCalls = async (script: TaskScript, name: ActivityName, calls: readonly string[]): Promise<void> => {
  await awaitCondition(`${calls.length} calls of ${name}`, () => script.callsOf(name).length === calls.length);
  expect([...script.callsOf(name)].sort()).toEqual([...calls].sort());
};

/** Resolves when the cancellation of the task has reached its node. */
const awaitCancelOfChild = (script: TaskScript): Promise<void> =>
  stage.awaitHistory(stage.childOf(script, 'node-1'), 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');

describe('cancel before the point of no return', () => {
  const held: [ActivityName, readonly string[]][] = [
    ['acceptRequest', []],
    ['planTask', []],
    ['acquireNodeLock', LOCK],
    ['protectWorkloads', BUDGETS],
    ['cordonNode', ALL],
    ['readDrainState', ALL],
    ['confirmDrained', ALL],
  ];
  it.concurrent.each(held)('inside %s waits for it and undoes what is registered', async (name, undo) => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const activity = script.hold(name);
    const handle = await stage.startTask(script, ['node-1']);
    await activity.reached;
    await handle.cancel();
    if (script.calls.includes('readDrainState node-1')) await awaitCancelOfChild(script);
    activity.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome]).toEqual(['CANCELLED', 'Cancelled']);
    expect(script.callsOf(...UNDO)).toEqual(undo);
    expect(script.callsOf('deleteNode')).toEqual([]);
  });

  it.concurrent.each<[ActivityName]>([['evictPod'], ['awaitVolumesDetached']])(
    'inside %s, which ends as cancelled, undoes everything',
    async (name) => {
      const script = stage.createScript({ 'node-1': [target('web-1')] });
      const activity = script.holdUntilCancelled(name);
      const handle = await stage.startTask(script, ['node-1']);
      await activity.reached;
      await handle.cancel();
      const { closedAs, report } = await stage.awaitEnding(handle);
      expect([closedAs, report.outcome]).toEqual(['CANCELLED', 'Cancelled']);
      expect(report.message).toBe('The run was cancelled. All changes were undone.');
      expect(script.callsOf(...UNDO)).toEqual(ALL);
      const { pods } = await stage.readChildReport(script, 'node-1');
      expect(pods.map(({ outcome }) => outcome)).toEqual([name === 'evictPod' ? 'NotEvicted' : 'Evicted']);
    },
  );

  it.concurrent('keeps the report of a cancelled task in its memo, without pods', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const activity = script.holdUntilCancelled('evictPod');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await activity.reached;
    await handle.cancel();
    const { report } = await stage.awaitEnding(handle);
    expect(report.nodes).toMatchObject([
      { nodeName: 'node-1', outcome: 'Cancelled', pods: [], failedStep: 'evict' },
      { nodeName: 'node-2', outcome: 'Cancelled', pods: [] },
    ]);
    expect([...script.callsOf('uncordonNode')].sort()).toEqual(['uncordonNode node-1', 'uncordonNode node-2']);
  });

  it.concurrent('between two steps, while it is paused', async () => {
    const script = stage.createScript();
    const activity = script.hold('protectWorkloads');
    const handle = await stage.startTask(script, ['node-1']);
    await activity.reached;
    await handle.executeUpdate('pause', { args: [ATTRIBUTION] });
    activity.release();
    await stage.awaitHistory(handle, 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED', 4);
    await handle.cancel();
    const { closedAs } = await stage.awaitEnding(handle);
    expect(closedAs).toBe('CANCELLED');
    expect(script.changes).toEqual(['acquireNodeLock node-1', 'protectWorkloads node-1', ...BUDGETS]);
  });

  it.concurrent.each([
    ['settle', { settleSeconds: 600 }],
    ['second check', { emptyTwiceSeconds: 600 }],
  ])('during the wait before the %s', async (_name, waits) => {
    const script = stage.createScript();
    script.waits = { ...script.waits, ...waits };
    const handle = await stage.startTask(script, ['node-1']);
    await stage.awaitStatus(handle, ({ nodes }) => nodes[0]?.childWorkflowId !== undefined);
    await stage.awaitHistory(stage.childOf(script, 'node-1'), 'EVENT_TYPE_TIMER_STARTED', 1);
    await handle.cancel();
    expect((await stage.awaitEnding(handle)).closedAs).toBe('CANCELLED');
    expect(script.callsOf(...UNDO)).toEqual(ALL);
  });

  it.concurrent('starts no undo while an eviction is in flight', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    const activity = script.hold('evictPod', 'web-1');
    script.wrap('evictPod', (standard) => async (context, input) => {
      const result = await standard(context, input);
      script.calls.push(`ended ${input.pod.name}`);
      return result;
    });
    const handle = await stage.startTask(script, ['node-1']);
    await activity.reached;
    await handle.cancel();
    // The child has processed the cancellation; the eviction still runs.
    await stage.awaitHistory(stage.childOf(script, 'node-1'), 'EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED');
    expect(script.callsOf(...UNDO)).toEqual([]);
    activity.release();
    expect((await stage.awaitEnding(handle)).closedAs).toBe('CANCELLED');
    expect(script.calls.indexOf('ended web-1')).toBeLessThan(script.calls.indexOf('uncordonNode node-1'));
  });

  it.concurrent('finishes the undo also when it is cancelled again meanwhile', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const eviction = script.holdUntilCancelled('evictPod');
    const uncordon = script.hold('uncordonNode', 'node-1');
    const budgets = script.hold('releaseBudgets');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await eviction.reached;
    await handle.cancel();
    await uncordon.reached;
    await handle.cancel();
    await stage.childOf(script, 'node-1').cancel();
    uncordon.release();
    await budgets.reached;
    await handle.cancel();
    budgets.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome]).toEqual(['CANCELLED', 'Cancelled']);
    expect([...script.callsOf(...UNDO)].sort()).toEqual([
      'releaseBudgets',
      'releaseNodeLock node-1',
      'releaseNodeLock node-2',
      'uncordonNode node-1',
      'uncordonNode node-2',
    ]);
  });

  it.concurrent('counts as cancelled also when the running attempt fails and would have been retried', async () => {
    const script = stage.createScript();
    script.fail('readDrainState', failure('ClusterUnavailable', 'no response', false));
    const activity = script.hold('readDrainState');
    const handle = await stage.startTask(script, ['node-1']);
    await activity.reached;
    await handle.cancel();
    await stage.awaitHistory(stage.childOf(script, 'node-1'), 'EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED');
    activity.release();
    expect((await stage.awaitEnding(handle)).closedAs).toBe('CANCELLED');
    expect(script.callsOf(...UNDO)).toEqual(ALL);
  });

  it.concurrent("of a node's workflow ends its task as cancelled", async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const activity = script.holdUntilCancelled('evictPod');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await activity.reached;
    await stage.childOf(script, 'node-1').cancel();
    const { closedAs, failureType } = await stage.awaitEnding(handle);
    expect([closedAs, failureType]).toEqual(['FAILED', 'Cancelled']);
    expect(script.callsOf('uncordonNode')).toEqual(['uncordonNode node-1', 'uncordonNode node-2']);
    expect((await stage.readChildReport(script, 'node-1')).outcome).toBe('Cancelled');
  });

  it.concurrent(
    'is not needed by a node whose task was terminated: it stops before its point of no return',
    async () => {
      const script = stage.createScript({ 'node-1': [target('web-1')] });
      const activity = script.hold('evictPod');
      const handle = await stage.startTask(script, ['node-1']);
      await activity.reached;
      await handle.terminate('by mistake');
      activity.release();
      const report = await stage.readChildReport(script, 'node-1');
      expect([report.outcome, report.failure?.type]).toEqual(['RolledBack', 'TaskClosed']);
      expect(script.callsOf('markPointOfNoReturn', ...UNDO)).toEqual(['uncordonNode node-1']);
    },
  );

  it.concurrent('fails as RollbackIncomplete when the undo cannot finish', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('uncordonNode', failure('Forbidden', 'forbidden.'));
    const activity = script.holdUntilCancelled('evictPod');
    const handle = await stage.startTask(script, ['node-1']);
    await activity.reached;
    await handle.cancel();
    const { closedAs, failureType } = await stage.awaitEnding(handle);
    expect([closedAs, failureType]).toEqual(['FAILED', 'RollbackIncomplete']);
  });
});

describe('cancel after the point of no return', () => {
  it.concurrent.each<[ActivityName]>([['deleteNode'], ['awaitNodeStaysGone']])(
    'inside %s continues to the end',
    async (name) => {
      const script = stage.createScript();
      const activity = script.hold(name);
      const handle = await stage.startTask(script, ['node-1']);
      await activity.reached;
      await handle.cancel();
      await stage.childOf(script, 'node-1').cancel();
      activity.release();
      const { closedAs, report } = await stage.awaitEnding(handle);
      expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
      expect(script.callsOf(...UNDO)).toEqual(['releaseBudgets']);
      expect(report.nodes[0]?.steps.at(-1)).toMatchObject({ name: 'finish', status: 'Succeeded' });
    },
  );

  it.concurrent('inside the release of the budgets ends as decommissioned', async () => {
    const script = stage.createScript();
    const activity = script.hold('releaseBudgets');
    const handle = await stage.startTask(script, ['node-1']);
    await activity.reached;
    await handle.cancel();
    activity.release();
    expect((await stage.awaitEnding(handle)).closedAs).toBe('COMPLETED');
  });

  it.concurrent('keeps the deleted node and undoes the changes to the one not started', async () => {
    const script = stage.createScript();
    const activity = script.hold('deleteNode', 'node-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await activity.reached;
    await handle.cancel();
    await awaitCancelOfChild(script);
    activity.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect(closedAs).toBe('CANCELLED');
    expect(report.nodes.map(({ outcome }) => outcome)).toEqual(['Decommissioned', 'Cancelled']);
    expect(script.callsOf(...UNDO)).toEqual(['uncordonNode node-2', 'releaseNodeLock node-2', 'releaseBudgets']);
  });

  it.concurrent('is noted by a parked node, which continues after a resume', async () => {
    const script = stage.createScript();
    script.fail('deleteNode', failure('Forbidden', 'forbidden.'), 1);
    const handle = await stage.startTask(script, ['node-1']);
    await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    await handle.cancel();
    const { phase, message } = await stage.awaitStatus(handle, (status) => status.message.includes(NOTED));
    expect(phase).toBe('NeedsOperator');
    expect(message).toMatch(
      /^node node-1 is waiting for an operator: forbidden\. Then `resume` the run\. Cancellation/,
    );
    expect(message).toContain('but deleting Node node-1 began at ');
    const resumed = await handle.executeUpdate<RunStatus, [typeof ATTRIBUTION]>('resume', { args: [ATTRIBUTION] });
    expect(resumed.message).toBe('node node-1 was resumed by ann: its decommission continues, and nothing is undone.');
    const { report } = await stage.awaitEnding(handle);
    expect(report.outcome).toBe('Decommissioned');
    expect(report.nodes[0]?.notes.join(' ')).toContain(NOTED);
    expect(report.message).toMatch(
      /Cancellation was requested at .*, past the point of no return: it had no effect\.$/,
    );
  });

  it.concurrent('undoes the nodes that are not started while a node is parked', async () => {
    const script = stage.createScript();
    script.fail('deleteNode', failure('Forbidden', 'forbidden.'), 1);
    const handle = await stage.startTask(script, ['node-1', 'node-2', 'node-3']);
    await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    await handle.cancel();
    await stage.awaitStatus(handle, ({ nodes }) => nodes.slice(1).every(({ steps }) => steps[2]?.status === 'Undone'));
    await expectCalls(script, 'releaseNodeLock', ['releaseNodeLock node-3', 'releaseNodeLock node-2']);
    expect(script.callsOf('uncordonNode').toSorted()).toEqual(['uncordonNode node-2', 'uncordonNode node-3']);
    await handle.executeUpdate('resume', { args: [ATTRIBUTION] });
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome]).toEqual(['CANCELLED', 'Cancelled']);
    expect(report.nodes.map(({ outcome }) => outcome)).toEqual(['Decommissioned', 'Cancelled', 'Cancelled']);
    expect(script.callsOf(...UNDO)).toHaveLength(5);
  });

  it.concurrent('is noted by a task that is parked after its last node', async () => {
    const script = stage.createScript();
    script.fail('readReturnedNodes', failure('Forbidden', 'forbidden.'), 1);
    const handle = await stage.startTask(script, ['node-1']);
    await stage.awaitStatus(handle, ({ phase }) => phase === 'NeedsOperator');
    await handle.cancel();
    await stage.awaitStatus(handle, ({ message }) =>
      message.includes('finishing the task after its last node began at'),
    );
    await handle.executeUpdate('resume', { args: [ATTRIBUTION] });
    const { report } = await stage.awaitEnding(handle);
    expect(report.message).toContain(NOTED);
  });
});

it.concurrent('an activity that ends as cancelled without a request does not count as finished', async () => {
  const script = stage.createScript({ 'node-1': [target('web-1')] });
  script.fail('evictPod', new CancelledFailure('not requested'), 1);
  const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
  expect(report.outcome).toBe('Decommissioned');
  expect(script.callsOf('evictPod')).toHaveLength(2);
});
