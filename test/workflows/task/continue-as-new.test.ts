import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { DecommissionPlan } from '../../../src/domain/plan/decommission-plan.ts';
import { createDecommissionClient } from '../../../src/client/decommission-client.ts';
import { cancelDecommission } from '../../../src/client/cancel-decommission.ts';
import { podPlan } from '../../builders/decommission-plan.ts';
import { blockTurns } from '../blocked-turns.ts';
import { leaveUnprotected } from '../leave-unprotected.ts';
import { failure, target } from '../task-script.ts';
import { turnWindows, WINDOWS } from '../turned-windows.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is open' };
const UNDO = ['uncordonNode', 'releaseBudgets', 'releaseNodeLock'] as const;
const NODES = ['node-1', 'node-2', 'node-3', 'node-4'];

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open({
  // Every node adds more events than this: the task continues as new before each node.
  serverArguments: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=8'],
});
afterAll(() => stage.close());

describe('a task whose history is long', () => {
  it.concurrent('continues as new between its nodes, and ends with all of them in its report', async () => {
    const script = stage.createScript();
    for (const nodeName of NODES) script.plannedPods.set(nodeName, [podPlan({ name: `web-${nodeName}` })]);
    const holders = new Set<string>();
    script.wrap('confirmDrained', (standard) => (context, request, node) => {
      holders.add(context.holder.firstExecutionRunId);
      return standard(context, request, node);
    });
    const last = script.hold('confirmDrained', 'node-4');
    const handle = await stage.startTask(script, NODES);
    await last.reached;
    const { runId } = await handle.describe();
    expect(runId).not.toBe(handle.firstExecutionRunId);
    const plan = await handle.query<DecommissionPlan>('plan');
    expect(plan.nodes.map(({ nodeName, pods }) => [nodeName, pods])).toEqual(NODES.map((nodeName) => [nodeName, []]));
    expect(plan.findings.map(({ code, message }) => [code, message])).toEqual([
      ['NotChecked', expect.stringMatching(/^the 4 pods of this plan are not listed .*first run/)],
    ]);
    const status = await stage.awaitStatus(handle, () => true);
    expect(status.nodes.map(({ outcome }) => outcome)).toEqual([...Array<string>(3).fill('Decommissioned'), undefined]);
    last.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    expect(report.nodes.map(({ nodeName, steps }) => [nodeName, steps.at(-1)?.status])).toEqual(
      NODES.map((nodeName) => [nodeName, 'Succeeded']),
    );
    expect(report.startedAt).toBe(status.startedAt);
    expect([...holders]).toEqual([handle.firstExecutionRunId]);
    expect(script.callsOf('planTask', 'cordonNode', 'releaseBudgets')).toEqual([
      'planTask',
      ...NODES.map((nodeName) => `cordonNode ${nodeName}`),
      'releaseBudgets',
    ]);
  });

  it.concurrent(
    'returns the verdict of its preflight in every run, and no update keeps it from the next one',
    async () => {
      const script = stage.createScript();
      await stage.serve(script);
      for (const nodeName of NODES) script.plannedPods.set(nodeName, [podPlan({ name: `web-${nodeName}` })]);
      const last = script.hold('confirmDrained', 'node-4');
      const client = await createDecommissionClient({ client: stage.client });
      const request = { nodeNames: NODES, taskId: '42', cluster: script.cluster, hostCleanup: 'skip' } as const;
      const start = async () => await client.startAndAwaitVerdict(request);
      const first = await start();
      expect(first.verdict).toMatchObject({ verdict: 'Go', nodeCount: 4, leavingPodCount: 4 });
      await last.reached;
      const { runId } = await stage.taskOf(script).describe();
      expect(runId).not.toBe(first.handle.runId);
      for (const again of [await start(), await start()])
        expect([again.handle.attached, again.verdict]).toEqual([true, first.verdict]);
      expect(await stage.countEvents(stage.taskOf(script), 'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED')).toBe(1);
      last.release();
      expect((await stage.awaitEnding(stage.taskOf(script))).report.outcome).toBe('Decommissioned');
    },
  );

  it.concurrent('keeps the planned workloads and the earlier state of a node', async () => {
    const script = stage.createScript({ 'node-3': [target('web-1'), target('db-0', { workload: 'StatefulSet/db' })] });
    script.plannedPods.set('node-3', [podPlan({ name: 'web-1' })]);
    leaveUnprotected(script, 'it has one replica');
    script.fail('confirmDrained', failure('LockLost', 'another task took it.'), Number.POSITIVE_INFINITY, 'node-3');
    script.fail('uncordonNode', failure('Forbidden', 'forbidden.'));
    const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1', 'node-2', 'node-3', 'node-4']));
    expect(report.nodes[2]?.notes.filter((note) => note.includes('replica'))).toEqual([
      expect.stringMatching(/^StatefulSet\/db/),
    ]);
    expect(report.nodes[2]?.undo[0]?.commands).toContain('kubectl uncordon node-3');
    expect(report.nodes[2]?.undo[0]?.commands).toHaveLength(4);
    expect(report.undo[0]?.commands).toHaveLength(2);
  });

  it.concurrent(
    'continues as new while a node waits for its turn among all tasks, and starts it when it has it',
    async () => {
      const script = stage.createScript();
      const open = blockTurns(script);
      const handle = await stage.startTask(script, ['node-1', 'node-2']);
      await stage.await(() => Promise.resolve(script.callsOf('takeTurns').length > 3), 'several runs that wait');
      open();
      expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
      expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
      expect(script.callsOf('leaveTurn')).toEqual([]);
    },
  );

  it.concurrent('of several nodes at once continues as new while they run', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('evictPod', failure('EvictionRefused', 'the API server refused.'), 1);
    const second = script.hold('confirmDrained', 'node-2');
    const request = { maxConcurrentNodes: 2, stopAfterFailures: 2 };
    const handle = await stage.startTask(script, NODES, request);
    await second.reached;
    const status = await stage.awaitStatus(handle, ({ nodes }) => nodes[3]?.outcome === 'Decommissioned');
    expect(status.nodes.map(({ outcome }) => outcome)).toEqual([
      'RolledBack',
      undefined,
      ...Array<string>(2).fill('Decommissioned'),
    ]);
    second.release();
    const { failureType, report } = await stage.awaitEnding(handle);
    expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
    expect([failureType, report.nodes.map(({ outcome }) => outcome)]).toEqual([
      'RolledBack',
      ['RolledBack', ...Array<string>(3).fill('Decommissioned')],
    ]);
    expect(report.message).toMatch(/^node node-1: the API server refused\. 3 of 4 nodes/);
    expect(script.callsOf('uncordonNode', 'releaseNodeLock')).toEqual([
      'uncordonNode node-1',
      'releaseNodeLock node-1',
    ]);
  });

  it.concurrent('stays paused across runs', async () => {
    const script = stage.createScript();
    const gone = script.hold('awaitNodeStaysGone', 'node-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await gone.reached;
    const { runId } = await handle.describe();
    await handle.executeUpdate('pause', { args: [ANN] });
    gone.release();
    const status = await stage.awaitStatus(handle, ({ nodes }) => nodes[0]?.outcome === 'Decommissioned');
    expect(status).toMatchObject({ phase: 'Paused', paused: ANN });
    await stage.awaitHistory(handle, 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED');
    expect(await stage.awaitStatus(handle, () => true)).toMatchObject({ phase: 'Paused', paused: status.paused });
    expect((await handle.describe()).runId).not.toBe(runId);
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('keeps what to undo', async () => {
    const script = stage.createScript({ 'node-3': [target('web-1')] });
    script.fail('evictPod', failure('EvictionRefused'));
    const handle = await stage.startTask(script, ['node-1', 'node-2', 'node-3', 'node-4']);
    const { failureType, report } = await stage.awaitEnding(handle);
    expect([failureType, report.nodes.map(({ outcome }) => outcome)]).toEqual([
      'RolledBack',
      ['Decommissioned', 'Decommissioned', 'RolledBack', 'RolledBack'],
    ]);
    const calls = script.callsOf('uncordonNode', 'releaseBudgets', 'releaseNodeLock');
    expect(calls.slice(0, 3)).toEqual(['uncordonNode node-3', 'uncordonNode node-4', 'releaseBudgets']);
    expect(calls.slice(3).toSorted()).toEqual(['releaseNodeLock node-3', 'releaseNodeLock node-4']);
  });

  it.concurrent('processes a cancellation directly before it continues as new', async () => {
    const script = stage.createScript();
    const gone = script.hold('awaitNodeStaysGone', 'node-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await gone.reached;
    await handle.cancel();
    gone.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.nodes.map(({ outcome }) => outcome)]).toEqual([
      'CANCELLED',
      ['Decommissioned', 'Cancelled'],
    ]);
  });
});

describe('a task that continues as new while its node runs', () => {
  /** Node 1 waits in `activity`, and the task has continued as new since. */
  const arrange = async (activity: 'evictPod' | 'deleteNode', nodeNames: readonly string[] = ['node-1']) => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const subject = activity === 'evictPod' ? 'web-1' : 'node-1';
    const held =
      activity === 'evictPod' ? script.holdUntilCancelled(activity, subject) : script.hold(activity, subject);
    const first = await stage.startTask(script, nodeNames);
    await held.reached;
    await stage.awaitStatus(first, () => script.callsOf('awaitNodeWorkflow').length > 0);
    const handle = stage.client.workflow.getHandle(first.workflowId);
    expect((await handle.describe()).runId).not.toBe(first.firstExecutionRunId);
    return { script, held, handle, node: stage.childOf(script, 'node-1') };
  };

  it.concurrent('waits for its end again, and continues with the next node', async () => {
    const { script, held, handle, node } = await arrange('deleteNode', ['node-1', 'node-2']);
    expect((await stage.awaitStatus(handle, () => true)).nodes[0]?.childWorkflowId).toBe(node.workflowId);
    held.release();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome]).toEqual(['COMPLETED', 'Decommissioned']);
    const { raw } = await node.describe();
    expect(report.nodes[0]).toMatchObject({ childRunId: raw.workflowExecutionInfo?.firstRunId, undo: [] });
    expect(script.callsOf('planTask', 'cordonNode', 'deleteNode')).toEqual([
      'planTask',
      'cordonNode node-1',
      'cordonNode node-2',
      'deleteNode node-1',
      'deleteNode node-2',
    ]);
  });

  it.concurrent('shows again that it is parked, and resumes it', async () => {
    const script = stage.createScript();
    script.fail('deleteNode', failure('Forbidden', 'outcome unknown.'), 1);
    const first = await stage.startTask(script, ['node-1', 'node-2'], { onNodeParked: 'continue' });
    const handle = stage.client.workflow.getHandle(first.workflowId);
    const status = await stage.awaitStatus(
      handle,
      ({ phase, nodes }) => phase === 'NeedsOperator' && nodes[1]?.outcome === 'Decommissioned',
    );
    expect(status).toMatchObject({ parked: ['node-1'], outcome: 'NeedsOperator' });
    expect(status.message).toContain('node node-1 is waiting for an operator: outcome unknown.');
    expect((await handle.describe()).runId).not.toBe(first.firstExecutionRunId);
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('passes a cancellation on to it', async () => {
    const { script, handle } = await arrange('evictPod', ['node-1', 'node-2']);
    await handle.cancel();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.nodes.map(({ outcome, undo }) => [outcome, undo.length])]).toEqual([
      'CANCELLED',
      [
        ['Cancelled', 1],
        ['Cancelled', 0],
      ],
    ]);
    expect(script.callsOf('uncordonNode').toSorted()).toEqual(['uncordonNode node-1', 'uncordonNode node-2']);
  });

  it.concurrent('refuses a cancellation while it is past its point of no return', async () => {
    const { held, handle } = await arrange('deleteNode');
    await expect(cancelDecommission(stage.client, handle.workflowId, ANN)).rejects.toThrow('deleting Node node-1');
    held.release();
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('pauses and resumes it', async () => {
    const { script, handle, node } = await arrange('evictPod');
    await handle.executeUpdate('pause', { args: [ANN] });
    await stage.awaitStatus(node, ({ phase }) => phase === 'Paused');
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod')).toHaveLength(2);
  });

  it.concurrent('passes an approval on to it, once', async () => {
    const script = stage.createScript();
    const first = await stage.startTask(script, ['node-1'], { approval: 'beforeEviction' });
    const task = stage.client.workflow.getHandle(first.workflowId);
    await stage.awaitStatus(task, ({ awaitsApproval }) => awaitsApproval !== undefined);
    await stage.awaitStatus(task, () => script.callsOf('awaitNodeWorkflow').length > 0);
    expect((await task.describe()).runId).not.toBe(first.firstExecutionRunId);
    await Promise.all([1, 2].map(() => task.executeUpdate('approve', { args: [ANN] })));
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('Decommissioned');
    expect((await stage.readChildReport(script, 'node-1')).steering).toHaveLength(1);
  });

  it.concurrent('undoes the node when its workflow is terminated', async () => {
    const { script, held, handle, node } = await arrange('evictPod');
    await node.terminate('by mistake');
    held.release();
    const { failureType, report } = await stage.awaitEnding(handle);
    expect([failureType, report.nodes[0]?.failure?.message]).toEqual([
      'RolledBack',
      'its workflow closed without a report (terminated or timed out).',
    ]);
    expect(script.callsOf(...UNDO)).toEqual(['uncordonNode node-1', 'releaseBudgets', 'releaseNodeLock node-1']);
  });

  it.concurrent('leaves a node past its point of no return as it is when its workflow is terminated', async () => {
    const { script, held, handle, node } = await arrange('deleteNode');
    script.wrap('readNodePresence', () => () => Promise.resolve('pastPointOfNoReturn'));
    await node.terminate('by mistake');
    held.release();
    const { failureType } = await stage.awaitEnding(handle);
    expect([failureType, script.callsOf('uncordonNode')]).toEqual(['RollbackIncomplete', []]);
  });
});

describe('a task that waits for a window', () => {
  it.concurrent('continues as new between two nodes, and starts the next one when it opens', async () => {
    const script = stage.createScript();
    const turn = turnWindows(script, true);
    const deletion = script.hold('deleteNode', 'node-1');
    const first = await stage.startTask(script, ['node-1', 'node-2'], { windows: WINDOWS });
    await deletion.reached;
    turn(false);
    const handle = stage.client.workflow.getHandle(first.workflowId);
    await stage.awaitStatus(handle, ({ opensAt }) => opensAt !== undefined);
    deletion.release();
    await stage.awaitStatus(handle, ({ nodes, opensAt }) => nodes[0]?.outcome !== undefined && opensAt !== undefined);
    const { runId } = await handle.describe();
    await stage.awaitStatus(handle, () => script.callsOf('judgeWindows').length > 8);
    expect(script.callsOf('repeatPreflight', 'deleteNode')).toEqual(['deleteNode node-1']);
    turn(true);
    const { report } = await stage.awaitEnding(handle);
    expect(report.nodes.map(({ outcome }) => outcome)).toEqual(['Decommissioned', 'Decommissioned']);
    expect((await handle.describe()).runId).not.toBe(runId);
  });

  it.concurrent('and its node, which is held, continue as new with their state', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const turn = turnWindows(script, true);
    const eviction = script.holdUntilCancelled('evictPod');
    const handle = await stage.startTask(script, ['node-1'], { windows: WINDOWS, onWindowClose: 'pause' });
    await eviction.reached;
    const node = stage.childOf(script, 'node-1');
    const { runId } = await node.describe();
    turn(false);
    await stage.awaitStatus(node, ({ opensAt, nodes }) => opensAt !== undefined && nodes[0]?.pods.length === 1);
    await stage.awaitStatus(node, () => script.callsOf('judgeWindows').length > 12);
    expect((await node.describe()).runId).not.toBe(runId);
    turn(true);
    const { report } = await stage.awaitEnding(stage.client.workflow.getHandle(handle.workflowId));
    expect(report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod')).toHaveLength(2);
  });
});

describe("a node's workflow that is reset", () => {
  it.concurrent('is still waited for by its task', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const held = script.holdUntilCancelled('evictPod');
    const handle = await stage.startTask(script, ['node-1']);
    await held.reached;
    await stage.resetToStart(stage.childOf(script, 'node-1'));
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome, script.callsOf('uncordonNode')]).toEqual(['COMPLETED', 'Decommissioned', []]);
  });
});
