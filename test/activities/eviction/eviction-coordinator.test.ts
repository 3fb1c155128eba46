import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { budget } from '../../builders/budget.ts';
import { pod } from '../../builders/pod.ts';
import { selector } from '../../builders/workload.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';
import { CoordinatorStage, podsNamed } from './coordinator-harness.ts';
import { START, useFakeClock } from '../../fakes/fake-clock.ts';

const free = (name: string): PodFacts => pod({ name, labels: { app: 'free' } });

let stage: CoordinatorStage;

const start = (facts: Partial<FakeClusterFacts>, maxConcurrentEvictions = 20): void => {
  stage = new CoordinatorStage(facts, maxConcurrentEvictions);
};

useFakeClock(() => {
  stage.coordinator.stop();
  return stage.cluster;
});

describe('EvictionCoordinator, the order of evictions', () => {
  it('without a limit, all evictions are sent at once', async () => {
    start({ pods: podsNamed('a', 'b', 'c') });
    await stage.sync();
    stage.addAll();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a', 'b', 'c']);
  });

  it('no more calls are in flight than allowed, and the end of one starts the next', async () => {
    start({ pods: podsNamed('a', 'b', 'c') }, 2);
    const held = stage.cluster.hold('evictPod');
    stage.cluster.hold('evictPod');
    await stage.sync();
    stage.addAll();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a', 'b']);
    held.release();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a', 'b', 'c']);
  });

  it('pods registered before the first sync of pods and budgets wait for it', async () => {
    start({ pods: podsNamed('a') });
    stage.addAll();
    stage.cluster.pods.sync();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual([]);
    stage.cluster.budgets.sync();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('with a budget of 1, 5 pods are evicted one at a time, each as soon as the budget allows it', async () => {
    start({ pods: podsNamed('a', 'b', 'c', 'd', 'e'), budgets: [budget()] });
    await stage.sync();
    stage.addAll();
    await stage.settle();
    const order = ['a', 'b', 'c', 'd', 'e'];
    for (const [index, name] of order.entries()) {
      expect(stage.cluster.evictedNames).toEqual(order.slice(0, index + 1));
      // The API server's write on acceptance, then the end of the pod: neither frees the budget.
      stage.cluster.budgets.change(stage.cluster.budgets.find('web-pdb', 'default')!);
      await stage.finish(name);
      expect(stage.cluster.evictedNames).toHaveLength(index + 1);
      await stage.allow(1);
    }
    expect(Date.now()).toBe(START);
  });

  it('evictions under one budget are sent one after another: the API server would delay concurrent ones', async () => {
    start({ pods: [...podsNamed('a', 'b'), free('c')], budgets: [budget({ disruptionsAllowed: 2 })] });
    const held = stage.cluster.hold('evictPod');
    await stage.sync();
    stage.addAll();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a', 'c']);
    held.release();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a', 'c', 'b']);
  });

  it('a call without a response delays the others of its budget by a second', async () => {
    start({ pods: podsNamed('a', 'b', 'c'), budgets: [budget({ disruptionsAllowed: 3 })] });
    stage.cluster.hold('evictPod');
    const second = stage.cluster.hold('evictPod');
    await stage.sync();
    stage.addAll();
    await stage.settle(999);
    expect(stage.cluster.evictedNames).toEqual(['a']);
    await stage.settle(1);
    expect(stage.cluster.evictedNames).toEqual(['a', 'b']);
    second.release();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a', 'b', 'c']);
  });

  it('pods whose evictions fail slowly do not keep the others of their budget from being sent', async () => {
    start({ pods: podsNamed('a', 'b', 'c'), budgets: [budget()] });
    const slow = [stage.cluster.hold('evictPod'), stage.cluster.hold('evictPod')];
    await stage.sync();
    stage.addAll();
    for (const held of slow) {
      await stage.settle(10_000);
      held.release({ kind: 'serverError', message: 'failed calling webhook: deadline exceeded' });
      await stage.settle();
    }
    expect(stage.cluster.evictedNames).toEqual(['a', 'b', 'c']);
  });

  it('a freed budget ends the backoff of a refused pod at once', async () => {
    start({ pods: podsNamed('a'), budgets: [budget()] });
    stage.cluster.answer('evictPod', { kind: 'blockedByBudget', message: 'not now', retryAfterSeconds: 10 });
    await stage.sync();
    stage.addAll();
    await stage.settle(9000);
    expect(stage.cluster.evictedNames).toEqual(['a']);
    await stage.allow(1);
    expect(stage.cluster.evictedNames).toEqual(['a', 'a']);
  });

  it('a budget that is freed during a refused call is not missed', async () => {
    start({ pods: podsNamed('a'), budgets: [budget()] });
    const held = stage.cluster.hold('evictPod');
    await stage.sync();
    stage.addAll();
    await stage.settle();
    await stage.allow(1);
    held.release({ kind: 'blockedByBudget', message: 'not now', retryAfterSeconds: 10 });
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a', 'a']);
  });

  it('a change of another budget does not end a backoff', async () => {
    start({
      pods: podsNamed('a'),
      budgets: [budget(), budget({ name: 'other', selector: selector({ app: 'other' }) })],
    });
    stage.cluster.answer('evictPod', { kind: 'blockedByBudget', message: 'not now', retryAfterSeconds: 10 });
    await stage.sync();
    stage.addAll();
    await stage.settle();
    await stage.allow(3, 'other');
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('a refusal for several budgets ends with a change of any budget of the namespace', async () => {
    start({ pods: podsNamed('a'), budgets: [budget(), budget({ namespace: 'elsewhere' })] });
    stage.cluster.answer('evictPod', { kind: 'multipleBudgets', message: 'two' });
    await stage.sync();
    stage.addAll();
    await stage.settle();
    stage.cluster.budgets.change(budget({ namespace: 'elsewhere' }));
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a']);
    stage.cluster.budgets.remove(budget({ name: 'unseen' }));
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a', 'a']);
  });

  it('a budget change does not end a wait that throttling requested', async () => {
    start({ pods: podsNamed('a'), budgets: [budget()] });
    stage.cluster.answer('evictPod', { kind: 'throttled', message: 'slow down', retryAfterSeconds: 10 });
    await stage.sync();
    stage.addAll();
    await stage.settle(9000);
    stage.cluster.budgets.sync();
    await stage.allow(2);
    expect(stage.cluster.evictedNames).toEqual(['a']);
    await stage.settle(1000);
    expect(stage.cluster.evictedNames).toEqual(['a', 'a']);
  });

  it('a blocked pod does not delay others', async () => {
    start({ pods: [...podsNamed('a'), free('b')], budgets: [budget({ disruptionsAllowed: 0 })] });
    await stage.sync();
    stage.addAll();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['b']);
    expect(stage.coordinator.toDrainProgress()).toEqual([
      'default/a | BlockedByBudget | budget default/web-pdb allows 0 now: 3 healthy, 2 needed',
      'default/b | Terminating | eviction accepted; waiting for the pod to terminate',
    ]);
  });

  it('system-critical pods have no order of their own: their turn is decided before', async () => {
    start({ pods: [pod({ name: 'a-critical', priorityClassName: 'system-node-critical' }), pod({ name: 'b' })] });
    await stage.sync();
    stage.addAll();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a-critical', 'b']);
  });
});

describe('EvictionCoordinator, removal', () => {
  it('a removed pod gets no further eviction', async () => {
    start({ pods: podsNamed('a'), budgets: [budget({ disruptionsAllowed: 0 })] });
    await stage.sync();
    await stage.coordinator.remove(stage.add(pod({ name: 'a' })));
    await stage.allow(1);
    expect(stage.cluster.evictedNames).toEqual([]);
  });

  it('a removal waits for the call in flight', async () => {
    start({ pods: podsNamed('a') });
    const held = stage.cluster.hold('evictPod');
    await stage.sync();
    const entry = stage.add(pod({ name: 'a' }));
    await stage.settle();
    let isRemoved = false;
    void stage.coordinator.remove(entry).then(() => (isRemoved = true));
    await stage.settle();
    expect(isRemoved).toBe(false);
    held.release();
    await stage.settle();
    expect(isRemoved).toBe(true);
  });

  it('a cancelled pod gets no further eviction, not even without a backoff', async () => {
    start({ pods: podsNamed('a'), budgets: [budget()] });
    const abort = new AbortController();
    const held = stage.cluster.hold('evictPod');
    await stage.sync();
    stage.add(pod({ name: 'a' }), { signal: abort.signal });
    await stage.settle();
    abort.abort();
    await stage.allow(1);
    held.release({ kind: 'blockedByBudget', message: 'not now' });
    await stage.settle(60_000);
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('after the stop, the end of a call starts no other', async () => {
    start({ pods: podsNamed('a', 'b') }, 1);
    const held = stage.cluster.hold('evictPod');
    await stage.sync();
    stage.addAll();
    await stage.settle();
    stage.coordinator.stop();
    held.release();
    await stage.settle(10_000);
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('a new attempt replaces the old one, whose removal does not affect it', async () => {
    start({ pods: podsNamed('a') });
    await stage.sync();
    const old = stage.add(pod({ name: 'a' }));
    await stage.settle();
    const current = stage.add(pod({ name: 'a' }));
    await stage.coordinator.remove(old);
    await stage.finish('a');
    await expect(current.done).resolves.toMatchObject({ outcome: 'Evicted', attempts: 1 });
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('a new attempt waits for the call of the old one and takes over its response', async () => {
    start({ pods: podsNamed('a') });
    const held = stage.cluster.hold('evictPod');
    await stage.sync();
    stage.add(pod({ name: 'a' }));
    const current = stage.add(pod({ name: 'a' }));
    await stage.settle(10_000);
    expect(stage.cluster.evictedNames).toEqual(['a']);
    held.release();
    await stage.settle(10_000);
    await stage.finish('a');
    await expect(current.done).resolves.toMatchObject({ outcome: 'Evicted', attempts: 1 });
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });
});
