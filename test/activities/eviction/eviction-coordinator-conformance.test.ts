import { describe, expect, it } from '@jest/globals';
import type { DisruptionBudgetFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { EvictionAnswer } from '../../../src/ports/cluster.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { budget } from '../../builders/budget.ts';
import { pod } from '../../builders/pod.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';
import { GRACE_END } from '../../fakes/fake-cluster.ts';
import { START, useFakeClock } from '../../fakes/fake-clock.ts';
import { CoordinatorStage, hasEnded, podsNamed } from './coordinator-harness.ts';

let stage: CoordinatorStage;

const start = async (facts: Partial<FakeClusterFacts>): Promise<void> => {
  stage = new CoordinatorStage(facts, 20);
  await stage.sync();
};

useFakeClock(() => {
  stage.coordinator.stop();
  return stage.cluster;
});

/** Rows of the tests of kubectl's drain library and of the eviction endpoint, and what they leave out (test/architecture/conformance.test.ts). */
describe('EvictionCoordinator, rows of Kubernetes’ own tests', () => {
  it('L5: a terminating pod is not evicted; it is awaited and reported as Gone', async () => {
    await start({ pods: [pod({ name: 'a', deletionTimestamp: GRACE_END, finalizers: ['x/hold'] })] });
    const entry = stage.add(pod({ name: 'a' }));
    await stage.settle(60_000);
    expect(stage.coordinator.toDrainProgress()).toEqual([
      'default/a | Terminating | terminating, held by finalizers x/hold',
    ]);
    await stage.finish('a');
    await expect(entry.done).resolves.toMatchObject({ outcome: 'Gone', attempts: 0 });
    expect(stage.cluster.evictedNames).toEqual([]);
  });

  it('L7: of four pods it evicts the two that it is given, with their grace period, and deletes none', async () => {
    await start({ pods: podsNamed('a', 'b', 'c', 'd') });
    for (const name of ['b', 'd']) stage.add(pod({ name }), { gracePeriodSeconds: 10 });
    await stage.settle(60_000);
    expect(stage.cluster.argsOf('evictPod')).toEqual([
      [expect.objectContaining({ name: 'b' }), 10],
      [expect.objectContaining({ name: 'd' }), 10],
    ]);
    expect(stage.cluster.argsOf('deletePod')).toEqual([]);
  });

  const terminating: EvictionAnswer = { kind: 'namespaceTerminating', message: 'because it is being terminated' };

  it('L9: in a namespace that is being deleted the pod is awaited until it terminates', async () => {
    await start({ pods: podsNamed('a') });
    stage.cluster.answer('evictPod', terminating);
    const entry = stage.add(pod({ name: 'a' }));
    await stage.settle();
    stage.cluster.pods.change(pod({ name: 'a', deletionTimestamp: GRACE_END }));
    await stage.settle(10_000);
    expect(stage.cluster.evictedNames).toEqual(['a']);
    await stage.finish('a');
    await expect(entry.done).resolves.toMatchObject({ outcome: 'Gone', attempts: 1 });
  });

  it('L9: if it never terminates there, the drain ends at its deadline', async () => {
    await start({ pods: podsNamed('a') });
    for (let index = 0; index < 20; index += 1) stage.cluster.answer('evictPod', terminating);
    const entry = stage.add(pod({ name: 'a' }), { deadlineAt: START + 20_000 });
    await stage.settle(20_000);
    await expect(entry.done).rejects.toMatchObject({
      type: 'DrainTimeout',
      message: expect.stringContaining('the namespace is being deleted') as unknown,
    });
  });

  it('E3: a pending pod that runs by now is refused, and then waits for its budget', async () => {
    const exhausted = budget({ disruptionsAllowed: 0 });
    await start({ pods: [pod({ name: 'a', phase: 'Pending', ready: false })], budgets: [exhausted] });
    stage.cluster.answer('evictPod', { kind: 'blockedByBudget', message: 'still being processed by the server.' });
    stage.add(pod({ name: 'a' }));
    await stage.settle();
    stage.cluster.pods.change(pod({ name: 'a' }));
    await stage.settle(60_000);
    expect(stage.cluster.evictedNames).toEqual(['a']);
    await stage.allow(1);
    expect(stage.cluster.evictedNames).toEqual(['a', 'a']);
  });

  it('I1: ten pods under a budget that allows all of them are evicted once each', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `p-${index}`);
    await start({ pods: podsNamed(...names), budgets: [budget({ disruptionsAllowed: 10 })] });
    stage.addAll();
    await stage.settle(60_000);
    expect(stage.cluster.evictedNames.toSorted()).toEqual(names);
  });

  it.each<[name: string, each: PodFacts, covering: DisruptionBudgetFacts]>([
    ['a ready pod, IfHealthyBudget, which is the default', pod({ name: 'a' }), budget()],
    ['a ready pod, AlwaysAllow', pod({ name: 'a' }), budget({ unhealthyPodEvictionPolicy: 'AlwaysAllow' })],
    [
      'an unready pod, AlwaysAllow, nothing allowed',
      pod({ name: 'a', ready: false }),
      budget({ unhealthyPodEvictionPolicy: 'AlwaysAllow', disruptionsAllowed: 0 }),
    ],
  ])('I4: %s: evicted with exactly one request', async (_name, each, covering) => {
    await start({ pods: [each], budgets: [covering] });
    stage.cluster.answer('evictPod', { kind: 'accepted' });
    stage.addAll();
    await stage.settle(60_000);
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('G9: a server error during the wait for an accepted eviction fails nothing', async () => {
    await start({ pods: podsNamed('a') });
    const entry = stage.add(pod({ name: 'a' }));
    await stage.settle();
    stage.cluster.pods.trouble(new ClusterFailure('ServerError', 'etcd has no leader', 500));
    await stage.settle(60_000);
    expect(await hasEnded(entry)).toBe(false);
    await stage.finish('a');
    await expect(entry.done).resolves.toMatchObject({ outcome: 'Evicted', attempts: 1 });
  });
});
