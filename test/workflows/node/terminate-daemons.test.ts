import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { EvictionTarget } from '../../../src/domain/run/context.ts';
import { failure, target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const daemon = (name: string): EvictionTarget =>
  target(name, { workload: 'DaemonSet/agent', workloadUid: 'uid-agent' });

/** Its DaemonSet pods stay until they are evicted. */
const withDaemons = (script: TaskScript, ...daemons: readonly EvictionTarget[]): TaskScript =>
  script.wrap(
    'markNodeLeaving',
    () => () => Promise.resolve(daemons.filter(({ name }) => !script.calls.includes(`evictPod ${name}`))),
  );

const detachOf = async (script: TaskScript, request: Readonly<Record<string, unknown>> = {}) => {
  const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1'], request));
  const child = await stage.readChildReport(script, 'node-1');
  return { outcome: report.outcome, child, message: child.steps.find(({ name }) => name === 'detach')?.message };
};

const awaitDetach = async (script: TaskScript, wanted: string): Promise<unknown> =>
  await stage.awaitStatus(stage.childOf(script, 'node-1'), ({ nodes }) =>
    nodes[0]!.steps.some(({ name, status }) => name === 'detach' && status === wanted),
  );

describe('terminateDaemons', () => {
  it.concurrent(
    'evicts DaemonSet pods once the node is empty and detached, before the point of no return',
    async () => {
      const script = withDaemons(stage.createScript({ 'node-1': [target('web-1')] }), daemon('agent-1'));
      const { outcome, child, message } = await detachOf(script);
      expect([outcome, message]).toEqual([
        'Decommissioned',
        'no volume is attached to the node; 1 DaemonSet pod evicted last',
      ]);
      const order = script.callsOf('evictPod', 'markNodeLeaving', 'confirmDrained').map((call) => call.split(' ')[0]);
      expect(order).toEqual(['evictPod', 'markNodeLeaving', 'evictPod', 'markNodeLeaving', 'confirmDrained']);
      expect(child.pods.map(({ name, outcome: end }) => [name, end])).toEqual([
        ['web-1', 'Evicted'],
        ['agent-1', 'Evicted'],
      ]);
    },
  );

  it.concurrent.each([
    ['with daemonSets: leave', { daemonSets: 'leave' }],
    ['when the node stays', { deleteNode: false }],
  ])('leaves them alone %s', async (_name, request) => {
    const script = withDaemons(stage.createScript(), daemon('agent-1'));
    await detachOf(script, request);
    expect(script.callsOf('markNodeLeaving', 'evictPod')).toEqual([]);
  });

  it.concurrent.each(['DrainTimeout', 'EvictionRefused'])(
    'notes a pod whose eviction ends with %s, and continues',
    async (type) => {
      const script = stage.createScript();
      script.wrap('markNodeLeaving', () => () => Promise.resolve([daemon('agent-1')]));
      script.fail('evictPod', failure(type, 'it stays.'));
      const { outcome, child, message } = await detachOf(script);
      expect([outcome, message]).toEqual(['Decommissioned', 'no volume is attached to the node']);
      expect(child.notes).toContain('DaemonSet pod default/agent-1 is still there and ends with the node: it stays.');
      expect(script.callsOf('evictPod')).toHaveLength(1);
    },
  );

  it.concurrent('stops evicting pods that are recreated anyway', async () => {
    const script = stage.createScript();
    let count = 0;
    script.wrap('markNodeLeaving', () => () => {
      count += 1;
      return Promise.resolve([daemon(`agent-${count}`)]);
    });
    const { outcome, child } = await detachOf(script);
    expect(outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod')).toHaveLength(3);
    expect(child.notes).toContain(
      'DaemonSet pod default/agent-4 is still there and ends with the node: it was recreated',
    );
  });

  it.concurrent('evicts none while the run is paused, and the step before it has ended', async () => {
    const script = withDaemons(stage.createScript(), daemon('agent-1'));
    const detaching = script.hold('awaitVolumesDetached');
    const task = await stage.startTask(script, ['node-1']);
    await detaching.reached;
    await awaitDetach(script, 'Running');
    await task.executeUpdate('pause', { args: [{ by: 'ann', reason: 'lunch' }] });
    detaching.release();
    await awaitDetach(script, 'Succeeded');
    expect(script.callsOf('markNodeLeaving', 'evictPod')).toEqual([]);
    await task.executeUpdate('resume', { args: [{ by: 'ann', reason: 'back' }] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod')).toEqual(['evictPod agent-1']);
  });

  it.concurrent('does not count a pause for their deadline', async () => {
    const script = stage.createScript();
    const deadlines: number[] = [];
    let isEvicted = false;
    script.wrap('markNodeLeaving', () => () => Promise.resolve(isEvicted ? [] : [daemon('agent-1')]));
    const eviction = script.holdUntilCancelled('evictPod');
    script.wrap('evictPod', (standard) => async (context, input) => {
      deadlines.push(input.deadlineAt ?? 0);
      const end = await standard(context, input);
      isEvicted = deadlines.length === 2;
      return end;
    });
    const task = await stage.startTask(script, ['node-1']);
    await eviction.reached;
    await task.executeUpdate('pause', { args: [{ by: 'ann', reason: 'lunch' }] });
    await stage.awaitStatus(
      stage.childOf(script, 'node-1'),
      ({ phase, nodes }) => phase === 'Paused' && nodes[0]?.pods.every(({ state }) => state !== 'Evicting') === true,
    );
    await task.executeUpdate('resume', { args: [{ by: 'ann', reason: 'back' }] });
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    expect(deadlines).toHaveLength(2);
    expect(deadlines[1]).toBeGreaterThan(deadlines[0] ?? Number.NaN);
  });

  it.concurrent('undoes the node when its ownership is lost', async () => {
    const script = withDaemons(stage.createScript(), daemon('agent-1'));
    script.fail('evictPod', failure('CordonLost', 'uncordoned.'));
    const { outcome, child } = await detachOf(script);
    expect([outcome, child.failedStep]).toEqual(['RolledBack', 'detach']);
    expect(script.callsOf('uncordonNode')).toEqual(['uncordonNode node-1']);
  });
});
