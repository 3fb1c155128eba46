import { describe, expect, it, jest } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { budget } from '../../builders/budget.ts';
import { owner, pod } from '../../builders/pod.ts';
import { workload } from '../../builders/workload.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';
import type { EvictionEntry } from '../../../src/activities/eviction/eviction-entry.ts';
import { CoordinatorStage, hasEnded, podsNamed } from './coordinator-harness.ts';
import { START, useFakeClock } from '../../fakes/fake-clock.ts';

const WEB = owner('apps/v1', 'Deployment', 'web');

let stage: CoordinatorStage;

/** A Deployment `web` of three, whose pods `a`, `b`, … are on the node. */
const start = async (names: readonly string[], facts: Partial<FakeClusterFacts> = {}): Promise<void> => {
  stage = new CoordinatorStage({ pods: podsNamed(...names), workloads: [workload()], ...facts }, 20);
  await stage.sync();
};

const add = (name: string): EvictionEntry => stage.add(pod({ name }), { replicasOf: WEB });
const scale = (replicas: number): void => {
  stage.cluster.workloads = [workload({ replicas })];
};
const readCount = (): number => stage.cluster.argsOf('readWorkload').length;

useFakeClock(() => {
  stage.coordinator.stop();
  return stage.cluster;
});

describe('EvictionCoordinator, the desired replicas directly before an eviction', () => {
  it('several: the pod is evicted', async () => {
    await start(['a']);
    add('a');
    await stage.settle();
    expect(stage.cluster.argsOf('readWorkload')).toEqual([['default', WEB]]);
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('an autoscaler scaled from three to one while the pod waited for its budget: ConsentMissing, nothing is sent', async () => {
    await start(['a'], { budgets: [budget({ disruptionsAllowed: 0 })] });
    const entry = add('a');
    await stage.settle(3_600_000);
    expect(readCount()).toBe(0);
    scale(1);
    await stage.allow(1);
    await expect(entry.done).rejects.toMatchObject({
      type: 'ConsentMissing',
      retryable: false,
      message:
        'pods on the node need consent that the request does not give: default/a: Deployment/web has a replica count of 1, so evicting this pod causes an outage until its replacement is ready (to proceed anyway, set singleReplica: surge (a second replica first) or singleReplica: evict)',
    });
    expect(stage.cluster.evictedNames).toEqual([]);
  });

  it('a refused pod leaves what its budget allows to others', async () => {
    const others = pod({ name: 'b' });
    await start(['a', 'b'], { budgets: [budget()] });
    scale(1);
    add('a');
    stage.add(others);
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['b']);
  });

  it('reads once for all pods of a workload, and again after a second', async () => {
    const names = Array.from({ length: 110 }, (_, index) => `p-${index}`);
    await start(names);
    for (const name of names) add(name);
    await stage.settle(900);
    expect(stage.cluster.evictedNames).toHaveLength(110);
    expect(readCount()).toBe(1);
    stage.cluster.pods.change(pod({ name: 'late' }));
    await stage.settle(100);
    add('late');
    await stage.settle();
    expect(readCount()).toBe(2);
  });

  it('reads once while the budget of the workload shows that it wants several', async () => {
    await start(['a'], { budgets: [budget({ disruptionsAllowed: 10 })] });
    add('a');
    await stage.settle(60_000);
    stage.cluster.pods.change(pod({ name: 'b' }));
    add('b');
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a', 'b']);
    expect(readCount()).toBe(1);
  });

  const doubts: [name: string, spoil: () => void, waitSeconds: number][] = [
    [
      'the budget expects a single pod',
      () => {
        stage.cluster.budgets.change(budget({ expectedPods: 1, disruptionsAllowed: 10 }));
      },
      60,
    ],
    [
      'budgets cannot be watched',
      () => {
        stage.cluster.budgets.trouble(new ClusterFailure('Unreachable', 'no response'));
      },
      60,
    ],
    ['the workload was read five minutes ago', () => undefined, 300],
  ];
  it.each(doubts)('reads again when %s', async (_name, spoil, waitSeconds) => {
    await start(['a'], { budgets: [budget({ disruptionsAllowed: 10 })] });
    add('a');
    await stage.settle(waitSeconds * 1000);
    spoil();
    scale(1);
    stage.cluster.pods.change(pod({ name: 'b' }));
    const late = add('b');
    await expect(late.done).rejects.toMatchObject({ type: 'ConsentMissing' });
    expect(readCount()).toBe(2);
  });

  it('reads nothing where no check is needed', async () => {
    await start(['a']);
    stage.addAll();
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a']);
    expect(readCount()).toBe(0);
  });

  it('a workload that is gone blocks no eviction', async () => {
    await start(['a'], { workloads: [] });
    add('a');
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('a finished pod does not count as a replica', async () => {
    await start([], { pods: [pod({ name: 'a', phase: 'Succeeded' })] });
    scale(1);
    add('a');
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('a read without a response is retried, and nothing is sent before', async () => {
    await start(['a']);
    stage.cluster.fail('readWorkload', new ClusterFailure('Unreachable', 'the API server did not respond'), 2);
    add('a');
    await stage.settle(1499);
    expect(stage.cluster.evictedNames).toEqual([]);
    expect(stage.coordinator.toDrainProgress()).toEqual([
      'default/a | Queued | a read before the eviction failed: the API server did not respond',
    ]);
    await stage.settle(1);
    expect(stage.cluster.evictedNames).toEqual(['a']);
  });

  it('a kind that can no longer be read is refused as at preflight', async () => {
    await start(['a']);
    stage.cluster.forbidden = ['Rollout'];
    const entry = stage.add(pod({ name: 'a' }), { replicasOf: owner('argoproj.io/v1alpha1', 'Rollout', 'web') });
    await stage.settle();
    await expect(entry.done).rejects.toMatchObject({ type: 'ConsentMissing' });
    expect(stage.cluster.evictedNames).toEqual([]);
  });

  it('a missing right that every run needs fails the pod', async () => {
    await start(['a']);
    stage.cluster.forbidden = ['Deployment'];
    await expect(add('a').done).rejects.toMatchObject({ reason: 'Forbidden' });
  });

  const meanwhile: [name: string, change: (entry: EvictionEntry, seen: PodFacts, abort: AbortController) => void][] = [
    [
      'it is cancelled',
      (_entry, _seen, abort) => {
        abort.abort();
      },
    ],
    [
      'it is removed',
      (entry) => {
        void stage.coordinator.remove(entry);
      },
    ],
    [
      'the coordinator stops',
      () => {
        stage.coordinator.stop();
      },
    ],
    [
      'its deadline passes',
      () => {
        jest.setSystemTime(START + 60_000);
      },
    ],
    [
      'the pod ends by itself',
      (_entry, seen) => {
        stage.cluster.pods.remove(seen);
      },
    ],
    [
      'another client deletes the pod',
      (_entry, seen) => stage.cluster.pods.change({ ...seen, deletionTimestamp: 'x' }),
    ],
  ];
  it.each(meanwhile)('%s during the read: nothing is sent', async (_name, change) => {
    await start(['a']);
    const abort = new AbortController();
    const held = stage.cluster.hold('readWorkload');
    const seen = pod({ name: 'a' });
    const entry = stage.add(seen, { replicasOf: WEB, signal: abort.signal, deadlineAt: START + 60_000 });
    await stage.settle();
    change(entry, seen, abort);
    held.release(workload());
    await stage.settle(1000);
    expect(stage.cluster.evictedNames).toEqual([]);
  });

  it('an attempt that replaces one during its read waits for it', async () => {
    await start(['a']);
    const held = stage.cluster.hold('readWorkload');
    add('a');
    const current = add('a');
    await stage.settle();
    expect(await hasEnded(current)).toBe(false);
    held.release(workload());
    await stage.settle();
    expect(stage.cluster.evictedNames).toEqual(['a']);
    await stage.finish('a');
    await expect(current.done).resolves.toMatchObject({ outcome: 'Evicted', attempts: 1 });
  });
});
