import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { failure, target } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is open' };

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

describe('pause and resume', () => {
  it.concurrent('of a task cancel the waiting evictions, and schedule them again with a later deadline', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    const deadlines: number[] = [];
    const eviction = script.holdUntilCancelled('evictPod', 'web-1');
    script.wrap('evictPod', (standard) => (context, input) => {
      if (input.pod.name === 'web-1') deadlines.push(input.deadlineAt ?? 0);
      return standard(context, input);
    });
    const handle = await stage.startTask(script, ['node-1']);
    await eviction.reached;
    const child = stage.childOf(script, 'node-1');
    await stage.awaitStatus(child, ({ nodes }) => nodes[0]?.pods.some(({ state }) => state === 'Evicted') === true);
    const paused = await handle.executeUpdate<RunStatus, [typeof ANN]>('pause', { args: [ANN] });
    expect(paused).toMatchObject({ phase: 'Paused', message: 'paused by ann: the shop is open', paused: ANN });
    const seen = await stage.awaitStatus(
      child,
      ({ phase, nodes }) => phase === 'Paused' && nodes[0]?.pods.every(({ state }) => state !== 'Evicting') === true,
    );
    expect(seen.nodes[0]?.pods.map(({ name, state }) => [name, state])).toEqual([
      ['web-2', 'Evicted'],
      ['web-1', 'NotEvicted'],
    ]);
    const resumed = await handle.executeUpdate<RunStatus, [typeof ANN]>('resume', { args: [ANN] });
    expect([resumed.phase, resumed.paused]).toEqual(['Draining', undefined]);
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod').toSorted()).toEqual(['evictPod web-1', 'evictPod web-1', 'evictPod web-2']);
    expect(deadlines[1]).toBeGreaterThan(deadlines[0] ?? Number.NaN);
    await stage.expectNoFailedTasks(child);
  });

  it.concurrent('count a cancelled eviction that fails instead as cancelled, not as the end of the drain', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    // As after a worker's shutdown: an attempt that would have been retried without the cancellation.
    script.fail('evictPod', failure('ClusterUnavailable', 'the worker shuts down', false), 2);
    const eviction = script.hold('evictPod', 'web-1');
    const other = script.hold('evictPod', 'web-2');
    const handle = await stage.startTask(script, ['node-1']);
    await Promise.all([eviction.reached, other.reached]);
    await handle.executeUpdate('pause', { args: [ANN] });
    const child = stage.childOf(script, 'node-1');
    await stage.awaitHistory(child, 'EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED', 2);
    eviction.release();
    other.release();
    const paused = await stage.awaitStatus(
      child,
      ({ phase, nodes }) =>
        phase !== 'Draining' && nodes[0]?.pods.every(({ state }) => state === 'NotEvicted') === true,
    );
    expect(paused.phase).toBe('Paused');
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod').toSorted()).toEqual(
      ['web-1', 'web-1', 'web-2', 'web-2'].map((name) => `evictPod ${name}`),
    );
    expect(script.callsOf('uncordonNode')).toEqual([]);
  });

  it.concurrent("of a node's own workflow do the same", async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const eviction = script.holdUntilCancelled('evictPod');
    const handle = await stage.startTask(script, ['node-1']);
    await eviction.reached;
    const child = stage.childOf(script, 'node-1');
    await child.executeUpdate('pause', { args: [ANN] });
    await stage.awaitStatus(child, ({ nodes }) => nodes[0]?.pods[0]?.state === 'NotEvicted');
    await child.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod')).toHaveLength(2);
  });

  it.concurrent('during the preparation take effect before the next step', async () => {
    const script = stage.createScript();
    const protection = script.hold('protectWorkloads');
    const handle = await stage.startTask(script, ['node-1']);
    await protection.reached;
    await handle.executeUpdate('pause', { args: [ANN] });
    protection.release();
    await stage.awaitStatus(handle, ({ nodes }) => nodes[0]?.steps[1]?.status === 'Succeeded');
    await handle.executeUpdate('pause', { args: [{ by: 'bob', reason: 'too late to be the one' }] });
    expect(await handle.query<RunStatus>('status')).toMatchObject({ phase: 'Paused', paused: ANN });
    expect(script.callsOf('cordonNode')).toEqual([]);
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('past the point of no return stop the next node, not the deleted one', async () => {
    const script = stage.createScript();
    const gone = script.hold('awaitNodeStaysGone', 'node-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await gone.reached;
    await handle.executeUpdate('pause', { args: [ANN] });
    gone.release();
    expect((await stage.readChildReport(script, 'node-1')).outcome).toBe('Decommissioned');
    await stage.awaitStatus(handle, ({ phase, nodes }) => phase === 'Paused' && nodes[0]?.outcome === 'Decommissioned');
    expect(script.callsOf('readDrainState')).not.toContain('readDrainState node-2');
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('during the final check of the node repeat the check', async () => {
    const script = stage.createScript();
    const confirmation = script.hold('confirmDrained');
    const handle = await stage.startTask(script, ['node-1']);
    await confirmation.reached;
    await stage.childOf(script, 'node-1').executeUpdate('pause', { args: [ANN] });
    confirmation.release();
    await stage.awaitSettled(stage.childOf(script, 'node-1'), 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED', 3);
    await stage.childOf(script, 'node-1').executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('confirmDrained', 'deleteNode')).toEqual([
      'confirmDrained node-1',
      'confirmDrained node-1',
      'deleteNode node-1',
    ]);
  });

  const refused: [string, unknown][] = [
    ['nothing', undefined],
    ['a text', 'ann'],
    ['no reason', { by: 'ann' }],
    ['no name', { reason: 'because' }],
    ['an empty reason', { by: 'ann', reason: '  ' }],
    ['a number for a name', { by: 7, reason: 'because' }],
    ['an endless reason', { by: 'ann', reason: 'x'.repeat(2001) }],
  ];
  it.concurrent('without name and reason are refused and leave no trace', async () => {
    const script = stage.createScript();
    const plan = script.hold('planTask');
    const handle = await stage.startTask(script, ['node-1']);
    await plan.reached;
    for (const [, argument] of refused) {
      for (const update of ['pause', 'resume']) {
        const error: unknown = await handle
          .executeUpdate(update, { args: [argument] })
          .catch((reason: unknown) => reason);
        if (!(error instanceof WorkflowUpdateFailedError)) throw error;
        expect(error.cause).toBeInstanceOf(ApplicationFailure);
        expect(error.cause).toMatchObject({ type: 'InvalidInput' });
      }
    }
    plan.release();
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(await stage.countEvents(handle, 'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED')).toBe(0);
  });

  it.concurrent('of a closed task are refused by the server', async () => {
    const script = stage.createScript();
    const handle = await stage.startTask(script, ['node-1'], { dryRun: true });
    await stage.awaitEnding(handle);
    await expect(handle.executeUpdate('pause', { args: [ANN] })).rejects.toThrow(/completed|not found/i);
  });
});
