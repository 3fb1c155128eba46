import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import type { DeadNode } from '../../../src/domain/node/out-of-service.ts';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { isLongRun } from '../../long-run.ts';
import { target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the rack has no power' };
const OUT_OF_SERVICE = { deadNode: 'outOfService' };

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

/**
 * `node-1` is dead: an eviction ends as terminating, and the pods are gone only once the node is marked out of service. Returns what evictions
 * were allowed to leave.
 */
const makeDead = (script: TaskScript): { readonly leaves: (boolean | undefined)[]; dead: DeadNode | undefined } => {
  const scene: ReturnType<typeof makeDead> = { leaves: [], dead: undefined };
  script.wrap('readDrainState', (standard) => async (context, request, node) => {
    const state = await standard(context, request, node);
    return scene.dead === undefined || state.targets.length === 0 ? state : { ...state, dead: scene.dead };
  });
  script.wrap('evictPod', (standard) => async (context, input) => {
    scene.leaves.push(input.leavesDead);
    if (input.leavesDead !== true) return await standard(context, input);
    scene.dead = { since: 'noon', isOutOfService: false, areTerminating: true };
    return { outcome: 'Terminating', attempts: 1, evictedAt: '2026-01-02T03:04:06.000Z' };
  });
  return scene;
};

const OFF = { ...ANN, nodeName: 'node-1', machineIsOff: true };

const approve = (handle: WorkflowHandle, argument: object = OFF): Promise<RunStatus> =>
  handle.executeUpdate<RunStatus, [object]>('approve', { args: [argument] });

const refuse = async (handle: WorkflowHandle, argument: object): Promise<string> => {
  const error: unknown = await approve(handle, argument).catch((reason: unknown) => reason);
  return (error as { readonly cause?: Error }).cause?.message ?? 'accepted';
};

const awaitDead = (task: WorkflowHandle): Promise<RunStatus> =>
  stage.awaitStatus(task, ({ awaitsApproval }) => awaitsApproval?.includes('node-1') === true);

/** The Node is dead, and its task waits for the confirmation. */
const arrange = async (request: object = OUT_OF_SERVICE) => {
  const script = stage.createScript({ 'node-1': [target('web-1')] });
  const scene = makeDead(script);
  const task = await stage.startTask(script, ['node-1'], { ...request });
  const { message } = await awaitDead(task);
  return { script, scene, task, node: stage.childOf(script, 'node-1'), message };
};

describe('deadNode: outOfService', () => {
  it.concurrent('marks a node out of service once an operator has confirmed that its machine is off', async () => {
    const { script, scene, task, node, message } = await arrange();
    expect(message).toContain('`node-decommission approve node-1 --machine-is-off node-1 --reason …`');
    const own = await stage.awaitStatus(node, ({ awaitsApproval }) => awaitsApproval !== undefined);
    expect(own.message).toContain('Its kubelet does not report since noon.');
    for (const handle of [task, node]) {
      expect(await refuse(handle, ANN)).toContain('add `--machine-is-off node-1`');
      expect(await refuse(handle, { ...ANN, nodeName: 'node-1' })).toContain('add `--machine-is-off node-1`');
      expect(await refuse(handle, { ...ANN, machineIsOff: true })).toContain('name the node');
    }
    expect(script.callsOf('markOutOfService')).toEqual([]);
    await approve(task);
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod', 'markOutOfService', 'awaitVolumesDetached', 'deleteNode').slice(0, 4)).toEqual([
      'evictPod web-1',
      'markOutOfService node-1',
      'evictPod web-1',
      'awaitVolumesDetached node-1',
    ]);
    expect(scene.leaves).toEqual([true, undefined]);
    const child = await stage.readChildReport(script, 'node-1');
    expect(child.pods).toMatchObject([{ name: 'web-1', outcome: 'Evicted' }]);
    expect(child.notes.join()).toMatch(
      /ann confirmed at 20\S+ \(the rack has no power\) that the machine of node node-1 /,
    );
    expect(child.steering).toMatchObject([{ action: 'approve', point: 'machineIsOff', ...ANN }]);
  });

  it.concurrent('waits for the pods when the node reports again after all', async () => {
    const { script, scene, task } = await arrange();
    script.wrap('markOutOfService', () => () => {
      scene.dead = undefined;
      script.pods.set('node-1', []);
      return Promise.resolve(false);
    });
    await approve(task);
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('Decommissioned');
    expect(report.nodes[0]?.notes.join()).not.toContain('out of service');
  });

  it.concurrent('marks nothing during a pause, and forgets a confirmation once the node reports again', async () => {
    const { script, scene, task, node } = await arrange();
    await task.executeUpdate('pause', { args: [ANN] });
    await stage.awaitStatus(node, ({ phase }) => phase === 'Paused');
    await approve(task);
    await stage.awaitStatus(node, ({ awaitsApproval }) => awaitsApproval === undefined);
    scene.dead = undefined;
    script.wrap(
      'evictPod',
      (standard) =>
        (context, { leavesDead: _left, ...input }) =>
          standard(context, input),
    );
    await task.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('markOutOfService')).toEqual([]);
  });

  // Evictions are not repeated for a minute.
  if (isLongRun) {
    it.concurrent('does not repeat an eviction while another pod is not terminating', async () => {
      const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
      const scene = makeDead(script);
      const held = script.holdUntilCancelled('evictPod', 'web-2');
      const task = await stage.startTask(script, ['node-1'], OUT_OF_SERVICE);
      await held.reached;
      await stage.awaitStatus(task, () => scene.dead !== undefined);
      scene.dead = { isOutOfService: false, areTerminating: false };
      await task.executeUpdate('skipPod', { args: [{ ...ANN, namespace: 'default', name: 'web-2' }] });
      const node = stage.childOf(script, 'node-1');
      await stage.awaitStatus(node, ({ message }) => message.includes('skipped pods are gone: default/web-2 (by ann)'));
      await stage.awaitStatus(node, () => script.callsOf('readDrainState').length > 2);
      expect(script.callsOf('evictPod').toSorted()).toEqual(['evictPod web-1', 'evictPod web-2']);
      scene.dead = { isOutOfService: false, areTerminating: true };
      await awaitDead(task);
      await task.cancel();
      expect((await stage.awaitEnding(task)).closedAs).toBe('CANCELLED');
    });
  }

  it.concurrent('is undone when it is cancelled while it waits', async () => {
    const { script, task, node } = await arrange();
    await task.cancel();
    const { closedAs } = await stage.awaitEnding(task);
    expect(closedAs).toBe('CANCELLED');
    expect(script.callsOf('markOutOfService', 'uncordonNode')).toEqual(['uncordonNode node-1']);
    expect(await node.query<RunStatus>('status')).not.toHaveProperty('awaitsApproval');
  });

  it.concurrent('names the command that removes the taint, when the undo fails after it', async () => {
    const { script, task } = await arrange();
    const held = script.holdUntilCancelled('evictPod', 'web-1');
    script.fail('uncordonNode', ApplicationFailure.nonRetryable('no response', 'ClusterUnavailable'));
    await approve(task);
    await held.reached;
    await task.cancel();
    const { report } = await stage.awaitEnding(task);
    expect(report.outcome).toBe('RollbackIncomplete');
    const { undo } = await stage.readChildReport(script, 'node-1');
    expect(undo[0]?.commands?.at(-1)).toMatch(/out-of-service:NoExecute- .* with the value 42$/);
  });

  it.concurrent('is not what evictions do by default', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const scene = makeDead(script);
    expect((await stage.awaitEnding(await stage.startTask(script, ['node-1']))).report.outcome).toBe('Decommissioned');
    expect(scene.leaves).toEqual([undefined]);
  });
});
