import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { DrainState, EvictionTarget } from '../../../src/domain/run/context.ts';
import { owner } from '../../builders/pod.ts';
import { podPlan } from '../../builders/decommission-plan.ts';
import { leaveUnprotected } from '../leave-unprotected.ts';
import { failure, target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

/** Each read of the node returns the next of these lists, regardless of evictions; the last one stays. */
const returnReads = (
  script: TaskScript,
  reads: readonly (readonly EvictionTarget[])[],
  refusals: readonly string[] = [],
): void => {
  let readCount = 0;
  script.wrap('readDrainState', () => (): Promise<DrainState> => {
    const targets = reads[Math.min(readCount, reads.length - 1)] ?? [];
    readCount += 1;
    return Promise.resolve({ targets, refusals, stayingCount: 0 });
  });
};

const endOf = async (script: TaskScript, request: Readonly<Record<string, unknown>> = {}) => {
  const { report } = await stage.awaitEnding(await stage.startTask(script, ['node-1'], request));
  return { report, failureType: report.nodes[0]?.failure?.type, message: report.nodes[0]?.failure?.message };
};

describe('drainNode', () => {
  it.concurrent('G10: reads until the node is empty twice in a row', async () => {
    const script = stage.createScript();
    returnReads(script, [[target('web-1')], [], [target('late-1', { workloadUid: '', workload: '' })], [], []]);
    expect((await endOf(script)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('readDrainState', 'evictPod').map((call) => call.split(' ')[1])).toEqual([
      'node-1',
      'web-1',
      'node-1',
      'node-1',
      'late-1',
      'node-1',
      'node-1',
    ]);
  });

  it.concurrent.each([
    [
      'takes a node that is removed out of load balancers before its first eviction',
      {},
      ['excludeFromBalancers node-1'],
    ],
    ['leaves a node that stays in load balancers', { deleteNode: false }, []],
  ])('%s', async (_what, request, excluded) => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.wrap('excludeFromBalancers', () => () => Promise.resolve(true));
    const { report } = await endOf(script, request);
    expect(script.callsOf('excludeFromBalancers', 'evictPod')).toEqual([...excluded, 'evictPod web-1']);
    expect(report.nodes[0]?.notes.filter((note) => note.includes('external load balancers'))).toHaveLength(
      excluded.length,
    );
  });

  it.concurrent('M3: names the pods that keepPods leaves in place', async () => {
    const script = stage.createScript();
    const kept = ['default/web-1', 'default/web-2'];
    script.wrap(
      'readDrainState',
      () => (): Promise<DrainState> => Promise.resolve({ targets: [], refusals: [], stayingCount: 2, kept }),
    );
    const { report } = await endOf(script, { keepPods: 'app=web', deleteNode: false });
    const [node] = report.nodes;
    expect(node?.notes).toContain('left in place by keepPods: default/web-1, default/web-2');
    expect(node?.steps.find(({ name }) => name === 'evict')?.message).toBe(
      '0 pods removed; twice in a row, only 2 pods that keepPods leaves in place were left',
    );
  });

  it.concurrent('evicts at once, but counts the node as empty only after the settle wait', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.waits = { ...script.waits, settleSeconds: 2 };
    const readAt: number[] = [];
    script.wrap('readDrainState', (standard) => (...args) => {
      readAt.push(Date.now());
      return standard(...args);
    });
    let evictedAt = Infinity;
    script.wrap('evictPod', (standard) => (...args) => {
      evictedAt = Date.now();
      return standard(...args);
    });
    expect((await endOf(script)).report.outcome).toBe('Decommissioned');
    const [first = 0, , last = 0] = readAt;
    expect(readAt).toHaveLength(3);
    expect(evictedAt - first).toBeLessThan(2000);
    // Both times are those of the activities, which start later than the workflow's steps, on a busy machine by a tenth of a second.
    expect(last - first).toBeGreaterThanOrEqual(1500);
  });

  it.concurrent('waits for volumes between the two reads, and again for those of a late pod', async () => {
    const script = stage.createScript();
    script.waits = { ...script.waits, emptyTwiceSeconds: 0.5 };
    returnReads(script, [[], [target('late-1')], [], []]);
    const first = script.holdUntilCancelled('awaitVolumesDetached');
    const { report } = await endOf(script);
    await first.reached;
    expect(report.outcome).toBe('Decommissioned');
    const calls = script.callsOf('readDrainState', 'awaitVolumesDetached', 'evictPod');
    expect(calls.map((call) => call.split(' ')[0])).toEqual([
      'readDrainState',
      'awaitVolumesDetached',
      'readDrainState',
      'evictPod',
      'readDrainState',
      'awaitVolumesDetached',
      'readDrainState',
      'awaitVolumesDetached',
    ]);
  });

  it.concurrent('fails in the step detach when volumes stay attached', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.fail('awaitVolumesDetached', failure('DetachTimeout', 'attached.'));
    const { report, failureType } = await endOf(script);
    expect([report.outcome, failureType]).toEqual(['RolledBack', 'DetachTimeout']);
    expect(report.nodes[0]?.failedStep).toBe('detach');
    expect(report.nodes[0]?.steps.find(({ name }) => name === 'evict')?.status).toBe('Succeeded');
  });

  it.concurrent('protects workloads that appear late before it evicts them', async () => {
    const script = stage.createScript();
    returnReads(script, [[target('web-1')], [target('db-0', { workloadUid: 'uid-db' })], [], []]);
    await endOf(script);
    expect(script.callsOf('protectWorkloads', 'evictPod').slice(1)).toEqual([
      'protectWorkloads node-1',
      'evictPod web-1',
      'protectWorkloads node-1',
      'evictPod db-0',
    ]);
  });

  it.concurrent(
    'does not protect again what budgets cover, nor ask for DaemonSet pods where nothing stays',
    async () => {
      const script = stage.createScript({ 'node-1': [target('web-1')] });
      script.wrap('readDrainState', (read) => async (...input) => ({
        ...(await read(...input)),
        isCovered: true,
        nothingStays: true,
      }));
      expect((await endOf(script)).report.outcome).toBe('Decommissioned');
      expect(script.callsOf('protectWorkloads', 'evictPod', 'markNodeLeaving')).toEqual([
        'protectWorkloads node-1',
        'evictPod web-1',
      ]);
    },
  );

  it.concurrent('reports late workloads without a budget, but not those in the plan', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('db-0', { workload: 'StatefulSet/db' })] });
    script.plannedPods.set('node-1', [podPlan({ name: 'web-1' })]);
    leaveUnprotected(script, 'it has one desired replica');
    await endOf(script);
    const { notes } = await stage.readChildReport(script, 'node-1');
    expect(notes.filter((note) => note.includes('replica'))).toEqual([
      'StatefulSet/db in default appeared after planning and gets no budget: it has one desired replica',
    ]);
  });

  it.concurrent(
    'replaces a single replica first, then waits for its pod without judging its replicas again',
    async () => {
      const deployment = owner('apps/v1', 'Deployment', 'web');
      const single = target('web-1', { replicasOf: deployment, surges: deployment });
      const script = stage.createScript({ 'node-1': [single, target('api-1')] });
      const evicted: EvictionTarget[] = [];
      script.wrap('evictPod', (standard) => (context, input) => {
        evicted.push(input.pod);
        return standard(context, input);
      });
      expect((await endOf(script, { singleReplica: 'surge' })).report.outcome).toBe('Decommissioned');
      expect(script.callsOf('surgePod')).toEqual(['surgePod web-1']);
      expect(script.calls.indexOf('surgePod web-1')).toBeLessThan(script.calls.indexOf('evictPod web-1'));
      expect(evicted.find(({ name }) => name === 'web-1')).not.toHaveProperty('replicasOf');
      expect(script.callsOf('releaseSurges')).toHaveLength(1);
      expect((await stage.readChildReport(script, 'node-1')).notes).toContain('a second replica was available first');
    },
  );

  it.concurrent('judges the replicas again when another client has scaled the workload up', async () => {
    const deployment = owner('apps/v1', 'Deployment', 'web');
    const single = target('web-1', { replicasOf: deployment, surges: deployment });
    const script = stage.createScript({ 'node-1': [single] });
    script.wrap('surgePod', () => () => Promise.resolve({ isRemoved: false, note: '' }));
    const evicted: EvictionTarget[] = [];
    script.wrap('evictPod', (standard) => (context, input) => {
      evicted.push(input.pod);
      return standard(context, input);
    });
    await endOf(script, { singleReplica: 'surge' });
    expect(evicted).toEqual([single]);
  });

  it.concurrent('undoes everything when a single replica cannot be replaced', async () => {
    const deployment = owner('apps/v1', 'Deployment', 'web');
    const script = stage.createScript({ 'node-1': [target('web-1', { surges: deployment })] });
    script.fail('surgePod', failure('SurgeInterrupted'));
    const { report, failureType } = await endOf(script, { singleReplica: 'surge' });
    expect([report.outcome, failureType]).toEqual(['RolledBack', 'SurgeInterrupted']);
    expect(script.callsOf('evictPod')).toEqual([]);
    expect(script.callsOf('releaseSurges')).toHaveLength(1);
  });

  it.concurrent('evicts pods with the longest possible names', async () => {
    const name = 'p'.repeat(253);
    const pod = target(name, { namespace: 'n'.repeat(63), workload: `ReplicationController/${'w'.repeat(253)}` });
    const script = stage.createScript({ 'node-1': [pod] });
    expect((await endOf(script)).report.outcome).toBe('Decommissioned');
    await stage.expectNoFailedTasks(stage.childOf(script, 'node-1'));
  });

  it.concurrent("reports what an eviction noted, without adding it to the pod's own report", async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.wrap('evictPod', (standard) => async (context, input) => ({
      ...(await standard(context, input)),
      notes: ['a budget was removed'],
    }));
    await endOf(script);
    const { notes, pods } = await stage.readChildReport(script, 'node-1');
    expect(notes).toContain('a budget was removed');
    expect(pods[0]).not.toHaveProperty('notes');
  });

  it.concurrent('fails for a workload whose pods were recreated on the node three times', async () => {
    const script = stage.createScript();
    returnReads(
      script,
      [1, 2, 3, 4, 5].map((number) => [target(`web-${number}`)]),
    );
    const { report, failureType, message } = await endOf(script);
    expect([report.outcome, failureType]).toEqual(['RolledBack', 'NodeBoundPods']);
    expect(message).toContain('pods of Deployment/web were recreated');
    expect(script.callsOf('evictPod')).toHaveLength(3);
  });

  it.concurrent('undoes its changes when a late pod needs consent', async () => {
    const script = stage.createScript();
    returnReads(script, [[]], ['default/job: it is not recreated; `force: true` allows it']);
    const { report, failureType, message } = await endOf(script);
    expect([report.outcome, failureType]).toEqual(['RolledBack', 'ConsentMissing']);
    expect(message).toContain('default/job: it is not recreated');
  });

  it.concurrent('passes its deadline to every eviction', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const deadlines: number[] = [];
    script.wrap('evictPod', (standard) => (context, input) => {
      deadlines.push(input.deadlineAt ?? 0);
      return standard(context, input);
    });
    const before = Date.now();
    await endOf(script, { timeoutSeconds: 600 });
    expect(deadlines[0]).toBeGreaterThanOrEqual(before + 600_000);
    expect(deadlines[0]).toBeLessThan(Date.now() + 600_000);
  });

  it.concurrent('has no deadline with timeoutSeconds: 0', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    script.wrap('evictPod', (standard) => (context, input) => {
      if ('deadlineAt' in input) throw failure('Defect');
      return standard(context, input);
    });
    expect((await endOf(script, { timeoutSeconds: 0 })).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('ends at the deadline when evicted pods are still there', async () => {
    const script = stage.createScript();
    returnReads(script, [[target('web-1')]]);
    script.wrap(
      'evictPod',
      () => () => Promise.resolve({ outcome: 'Terminating', attempts: 1, message: 'held by finalizers x/hold.' }),
    );
    const { report, failureType, message } = await endOf(script, { timeoutSeconds: 1 });
    expect([report.outcome, failureType]).toEqual(['RolledBack', 'DrainTimeout']);
    expect(message).toContain('default/web-1 (held by finalizers x/hold)');
  });

  it.concurrent('cancels the other evictions when one fails, and waits for them', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    const other = script.holdUntilCancelled('evictPod', 'web-2');
    script.wrap('evictPod', (standard) => async (context, input) => {
      if (input.pod.name === 'web-2') return await standard(context, input);
      await other.reached;
      throw failure('EvictionRefused', 'the API server refused');
    });
    const { report, failureType } = await endOf(script);
    expect([report.outcome, failureType]).toEqual(['RolledBack', 'EvictionRefused']);
    const { pods } = await stage.readChildReport(script, 'node-1');
    expect(pods.map(({ name, outcome, message }) => [name, outcome, message])).toEqual([
      ['web-1', 'NotEvicted', 'the API server refused'],
      ['web-2', 'NotEvicted', 'cancelled'],
    ]);
  });

  it.concurrent('evicts each name once at a time, even if a read returns it twice', async () => {
    const script = stage.createScript();
    returnReads(script, [[target('web-1'), target('web-1', { uid: 'uid-other' })], [], []]);
    expect((await endOf(script)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('evictPod')).toEqual(['evictPod web-1']);
  });

  it.concurrent('evicts 600 pods in slices of 500', async () => {
    const pods = Array.from({ length: 600 }, (_, index) => target(`web-${index}`));
    const script = stage.createScript({ 'node-1': pods });
    const evictedAtLook: number[] = [];
    script.wrap('readDrainState', (standard) => (...args) => {
      evictedAtLook.push(script.callsOf('evictPod').length);
      return standard(...args);
    });
    expect((await endOf(script)).report.outcome).toBe('Decommissioned');
    expect(evictedAtLook).toEqual([0, 500, 600, 600]);
    expect((await stage.readChildReport(script, 'node-1')).pods).toHaveLength(600);
  });
});
