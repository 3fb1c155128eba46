import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { EvictPodInput } from '../../../src/activities/eviction/evict-pod.ts';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { itInLongRun } from '../../long-run.ts';
import { target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is closed' };
const DNS = target('dns', { systemCritical: 'running', workloadUid: 'uid-dns', workload: 'Deployment/dns' });

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const callsFor = (script: TaskScript): readonly string[] => script.callsOf('evictPod', 'deletePod');

/** A system-critical pod and two ordinary ones, of which `web-2` waits for its eviction; `web-1` is gone. */
const arrange = async (request: Readonly<Record<string, unknown>> = {}) => {
  const script = stage.createScript({ 'node-1': [DNS, target('web-1'), target('web-2')] });
  const blocked = script.holdUntilCancelled('evictPod', 'web-2');
  const task = await stage.startTask(script, ['node-1'], request);
  const node = stage.childOf(script, 'node-1');
  await blocked.reached;
  await stage.awaitStatus(node, ({ nodes }) => nodes[0]?.pods.some(({ state }) => state === 'Evicted') === true);
  return { script, blocked, task, node };
};

const awaitCall = (script: TaskScript, call: string): Promise<void> =>
  stage.await(() => Promise.resolve(script.calls.includes(call)), `the call ${call}`);

describe('the waves of a node', () => {
  it.concurrent(
    'a system-critical pod is dispatched only when the last ordinary one is gone, whichever workers evict them',
    async () => {
      const { script, blocked, task, node } = await arrange();
      const { message, nodes } = await node.query<RunStatus>('status');
      expect(message).toContain('evicting 2 pods from node node-1; 1 system-critical pod after them');
      expect(nodes[0]?.pods).toContainEqual({
        namespace: 'default',
        name: 'dns',
        uid: 'uid-dns',
        workload: 'Deployment/dns',
        state: 'Queued',
        waits: 'system-critical: evicted after the other pods (1 left)',
      });
      expect(callsFor(script)).not.toContain('evictPod dns');
      blocked.release();
      expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
      // The read before it would find an ordinary pod that was bound meanwhile.
      expect(script.callsOf('evictPod', 'readDrainState').slice(-4)).toEqual([
        'readDrainState node-1',
        'evictPod dns',
        'readDrainState node-1',
        'readDrainState node-1',
      ]);
      expect(callsFor(script)).toHaveLength(3);
      await stage.expectNoFailedTasks(node);
    },
  );

  it.concurrent('an ordinary pod that is bound meanwhile goes before system-critical ones', async () => {
    const script = stage.createScript({ 'node-1': [DNS, target('web-1')] });
    script.wrap('evictPod', (standard) => async (context, input) => {
      const result = await standard(context, input);
      if (input.pod.name === 'web-1') script.pods.get('node-1')?.push(target('late-1', { workloadUid: 'uid-late' }));
      return result;
    });
    expect((await stage.awaitEnding(await stage.startTask(script, ['node-1']))).report.outcome).toBe('Decommissioned');
    expect(callsFor(script)).toEqual(['evictPod web-1', 'evictPod late-1', 'evictPod dns']);
  });

  it.concurrent('a system-critical pod that an operator forces is deleted at once', async () => {
    const { script, blocked, task, node } = await arrange();
    await node.executeUpdate('forcePod', { args: [{ ...ANN, namespace: 'default', name: 'dns' }] });
    await awaitCall(script, 'evictPod dns');
    expect(callsFor(script).slice(-2)).toEqual(['deletePod dns', 'evictPod dns']);
    blocked.release();
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(callsFor(script)).toHaveLength(4);
  });

  it.concurrent('system-critical pods do not wait for an ordinary one that an operator skips', async () => {
    const { script, task, node } = await arrange();
    const web2 = { ...ANN, namespace: 'default', name: 'web-2' };
    await node.executeUpdate('skipPod', { args: [web2] });
    await stage.awaitStatus(node, ({ message }) => message.includes('waiting until skipped pods are gone'));
    expect(callsFor(script)).toContain('evictPod dns');
    await node.executeUpdate('retryPod', { args: [web2] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('a system-critical pod that is skipped while it waits is not evicted', async () => {
    const { script, blocked, task, node } = await arrange();
    const dns = { ...ANN, namespace: 'default', name: 'dns' };
    await node.executeUpdate('skipPod', { args: [dns] });
    blocked.release();
    await stage.awaitStatus(node, ({ message }) => message.includes('waiting until skipped pods are gone'));
    expect(callsFor(script)).not.toContain('evictPod dns');
    await node.executeUpdate('retryPod', { args: [dns] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('after a pause the ordinary pods come first again', async () => {
    const { script, task, node } = await arrange();
    await task.executeUpdate('pause', { args: [ANN] });
    const paused = await stage.awaitStatus(
      node,
      ({ phase, nodes }) => phase === 'Paused' && nodes[0]?.pods.every(({ state }) => state !== 'Evicting') === true,
    );
    expect(paused.nodes[0]?.pods.find(({ name }) => name === 'dns')).toMatchObject({
      state: 'Queued',
      waits: 'system-critical: evicted after the other pods (1 left)',
    });
    await task.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(callsFor(script).slice(-2)).toEqual(['evictPod web-2', 'evictPod dns']);
  });

  it.concurrent('a pod that still waits when the drain is cancelled is reported as not evicted', async () => {
    const { script, task } = await arrange();
    await task.cancel();
    expect((await stage.awaitEnding(task)).closedAs).toBe('CANCELLED');
    const { pods } = await stage.readChildReport(script, 'node-1');
    expect(pods.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['web-1', 'Evicted'],
      ['web-2', 'NotEvicted'],
      ['dns', 'NotEvicted'],
    ]);
  });

  it.concurrent(
    'near a hard end it is dispatched with the time since the start, and its worker deletes it',
    async () => {
      const dns = { ...DNS, terminationGracePeriodSeconds: 1 };
      const script = stage.createScript({ 'node-1': [dns, target('web-1')] });
      const blocked = script.holdUntilCancelled('evictPod', 'web-1');
      const inputs: EvictPodInput[] = [];
      script.wrap('evictPod', (standard) => (context, input) => {
        inputs.push(input);
        return standard(context, input);
      });
      const task = await stage.startTask(script, ['node-1'], { timeoutSeconds: 3, onTimeout: 'delete', force: true });
      await awaitCall(script, 'evictPod dns');
      const { startedAt = 0, deadlineAt = 0, deletesAtDeadline } = inputs.find(({ pod }) => pod.name === 'dns') ?? {};
      expect([deadlineAt - startedAt, deletesAtDeadline]).toEqual([3000, true]);
      blocked.release();
      await stage.awaitEnding(task);
    },
  );

  itInLongRun('an ordinary pod that is bound while system-critical ones wait goes before them', async () => {
    const script = stage.createScript({ 'node-1': [DNS] });
    const blocked = script.holdUntilCancelled('evictPod', 'dns');
    const task = await stage.startTask(script, ['node-1']);
    await blocked.reached;
    script.pods.get('node-1')?.push(target('late-1'));
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(callsFor(script)).toEqual(['evictPod dns', 'evictPod late-1', 'evictPod dns']);
  });
});
