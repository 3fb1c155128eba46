import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EvictionCoordinator } from '../../../src/activities/eviction/eviction-coordinator.ts';
import type { EvictionEntry } from '../../../src/activities/eviction/eviction-entry.ts';
import type { EvictionOrder } from '../../../src/activities/eviction/eviction-order.ts';
import { DecommissionFailure } from '../../../src/domain/decommission-failure.ts';
import type { NodeFacts, PodFacts } from '../../../src/domain/facts.ts';
import type { EvictionProgress } from '../../../src/domain/status.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { budget } from '../../builders/budget.ts';
import { evictionOrder } from '../../builders/eviction-order.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { selector } from '../../builders/workload.ts';
import { FakeCluster, GRACE_END, type FakeClusterFacts } from '../../fakes/fake-cluster.ts';

const START = Date.parse('2026-01-02T00:00:00.000Z');

const podsNamed = (...names: string[]): PodFacts[] => names.map((name) => pod({ name }));
const free = (name: string): PodFacts => pod({ name, labels: { app: 'free' } });
const outage = new ClusterFailure('Unreachable', 'the API server does not answer');

let coordinator: EvictionCoordinator;
let cluster: FakeCluster;

/** Follows `node-1` of a cluster with these facts; nothing is synced yet. */
const start = (facts: Partial<FakeClusterFacts>, maxConcurrentEvictions = 20): void => {
  cluster = new FakeCluster(facts);
  coordinator = new EvictionCoordinator({ cluster, nodeName: 'node-1', maxConcurrentEvictions, now: () => Date.now() });
  coordinator.start();
};

const sync = async (): Promise<void> => {
  cluster.pods.sync();
  cluster.budgets.sync();
  await settle();
};

const settle = async (milliseconds = 0): Promise<void> => {
  await jest.advanceTimersByTimeAsync(milliseconds);
};

const add = (each: PodFacts, overrides: Partial<EvictionOrder> = {}): EvictionEntry =>
  coordinator.add(evictionOrder(each, overrides));

const addAll = (): readonly EvictionEntry[] => cluster.pods.all.map((each) => add(each));

/** The kubelet has stopped it. */
const finish = async (name: string): Promise<void> => {
  cluster.pods.remove(cluster.pods.find(name, 'default')!);
  await settle();
};

/** The disruption controller has counted again. */
const allow = async (disruptionsAllowed: number, name = 'web-pdb'): Promise<void> => {
  cluster.budgets.change({ ...cluster.budgets.find(name, 'default')!, disruptionsAllowed, disruptedPods: [] });
  await settle();
};

const hasEnded = async (entry: EvictionEntry): Promise<boolean> =>
  await Promise.race([
    entry.done.then(
      () => true,
      () => true,
    ),
    Promise.resolve().then(() => false),
  ]);

beforeEach(() => {
  jest.useFakeTimers({ now: START });
});

afterEach(() => {
  coordinator.stop();
  expect(jest.getTimerCount()).toBe(0);
  expect(cluster.followerCount).toBe(0);
  jest.useRealTimers();
});

describe('EvictionCoordinator, the order of evictions', () => {
  it('nothing limits: all evictions go out at once', async () => {
    start({ pods: podsNamed('a', 'b', 'c') });
    await sync();
    addAll();
    expect(cluster.evictedNames).toEqual(['a', 'b', 'c']);
  });

  it('no more calls are under way than allowed, and the end of one starts the next', async () => {
    start({ pods: podsNamed('a', 'b', 'c') }, 2);
    const held = cluster.hold('evictPod');
    cluster.hold('evictPod');
    await sync();
    addAll();
    expect(cluster.evictedNames).toEqual(['a', 'b']);
    held.release();
    await settle();
    expect(cluster.evictedNames).toEqual(['a', 'b', 'c']);
  });

  it('pods registered before the first sync wait for it, of pods and of budgets', async () => {
    start({ pods: podsNamed('a') });
    addAll();
    cluster.pods.sync();
    await settle();
    expect(cluster.evictedNames).toEqual([]);
    cluster.budgets.sync();
    expect(cluster.evictedNames).toEqual(['a']);
  });

  it('a budget of 1 lets 5 pods go one at a time, each as soon as the budget is free again', async () => {
    start({ pods: podsNamed('a', 'b', 'c', 'd', 'e'), budgets: [budget()] });
    await sync();
    addAll();
    const order = ['a', 'b', 'c', 'd', 'e'];
    for (const [index, name] of order.entries()) {
      expect(cluster.evictedNames).toEqual(order.slice(0, index + 1));
      // What the API server wrote as it accepted the eviction, then the end of the pod: neither frees the budget.
      cluster.budgets.change(cluster.budgets.find('web-pdb', 'default')!);
      await finish(name);
      expect(cluster.evictedNames).toHaveLength(index + 1);
      await allow(1);
    }
    expect(Date.now()).toBe(START);
  });

  it('a freed budget ends the backoff of a pod that the server refused, at once', async () => {
    start({ pods: podsNamed('a'), budgets: [budget()] });
    cluster.answer('evictPod', { kind: 'blockedByBudget', message: 'not now', retryAfterSeconds: 10 });
    await sync();
    addAll();
    await settle(9000);
    expect(cluster.evictedNames).toEqual(['a']);
    await allow(1);
    expect(cluster.evictedNames).toEqual(['a', 'a']);
  });

  it('a budget that is freed while the refusal is on its way is not missed', async () => {
    start({ pods: podsNamed('a'), budgets: [budget()] });
    const held = cluster.hold('evictPod');
    await sync();
    addAll();
    await allow(1);
    held.release({ kind: 'blockedByBudget', message: 'not now', retryAfterSeconds: 10 });
    await settle();
    expect(cluster.evictedNames).toEqual(['a', 'a']);
  });

  it('a change of another budget does not end a backoff', async () => {
    start({
      pods: podsNamed('a'),
      budgets: [budget(), budget({ name: 'other', selector: selector({ app: 'other' }) })],
    });
    cluster.answer('evictPod', { kind: 'blockedByBudget', message: 'not now', retryAfterSeconds: 10 });
    await sync();
    addAll();
    await settle();
    await allow(3, 'other');
    expect(cluster.evictedNames).toEqual(['a']);
  });

  it('what the server asks for while it throttles stands, whatever budgets do', async () => {
    start({ pods: podsNamed('a'), budgets: [budget()] });
    cluster.answer('evictPod', { kind: 'throttled', message: 'slow down', retryAfterSeconds: 10 });
    await sync();
    addAll();
    await settle(9000);
    cluster.budgets.sync();
    await allow(2);
    expect(cluster.evictedNames).toEqual(['a']);
    await settle(1000);
    expect(cluster.evictedNames).toEqual(['a', 'a']);
  });

  it('a blocked pod keeps nobody else waiting', async () => {
    start({ pods: [...podsNamed('a'), free('b')], budgets: [budget({ disruptionsAllowed: 0 })] });
    await sync();
    addAll();
    expect(cluster.evictedNames).toEqual(['b']);
    expect(coordinator.toPicture()).toEqual([
      'default/a | BlockedByBudget | budget default/web-pdb allows 0 now: 3 healthy, 2 needed',
      'default/b | Evicting | eviction sent',
    ]);
  });

  it('system-critical pods go last, also when they are the first to register', async () => {
    start({ pods: [pod({ name: 'a-critical', priorityClassName: 'system-node-critical' }), pod({ name: 'b' })] });
    await sync();
    addAll();
    await settle(2000);
    expect(cluster.evictedNames).toEqual(['b']);
    await finish('b');
    expect(cluster.evictedNames).toEqual(['b', 'a-critical']);
  });

  it('a system-critical pod alone goes as soon as nobody else has registered for a second', async () => {
    start({ pods: [pod({ name: 'critical', priority: 2_000_001_000 })] });
    await sync();
    addAll();
    await settle(999);
    expect(cluster.evictedNames).toEqual([]);
    await settle(1);
    expect(cluster.evictedNames).toEqual(['critical']);
  });
});

describe('EvictionCoordinator, the end of a pod', () => {
  it('evicted and seen to be gone: Evicted, with both times', async () => {
    start({ pods: podsNamed('a') });
    await sync();
    const entry = add(pod({ name: 'a' }));
    await settle(3000);
    await finish('a');
    await expect(entry.done).resolves.toEqual({
      outcome: 'Evicted',
      attempts: 1,
      evictedAt: '2026-01-02T00:00:00.000Z',
      goneAt: '2026-01-02T00:00:03.000Z',
    });
  });

  const goneCases: [name: string, onNode: PodFacts[]][] = [
    ['gone before it registers', []],
    ['another pod has its name', [pod({ name: 'a', uid: 'uid-other' })]],
    ['bound to another node', [pod({ name: 'a', nodeName: 'node-2' })]],
  ];
  it.each(goneCases)('%s: Gone, and no eviction is sent', async (_name, onNode) => {
    start({ pods: onNode });
    await sync();
    await expect(add(pod({ name: 'a' })).done).resolves.toMatchObject({ outcome: 'Gone', attempts: 0 });
    expect(cluster.evictedNames).toEqual([]);
  });

  it('a terminating pod is not evicted; it is waited for and reported as gone without us', async () => {
    start({ pods: [pod({ name: 'a', deletionTimestamp: GRACE_END, finalizers: ['x/hold'] })] });
    await sync();
    const entry = add(pod({ name: 'a' }));
    await settle(60_000);
    expect(coordinator.toPicture()).toEqual(['default/a | Terminating | terminating, held by finalizers x/hold']);
    await finish('a');
    await expect(entry.done).resolves.toMatchObject({ outcome: 'Gone', attempts: 0 });
    expect(cluster.evictedNames).toEqual([]);
  });

  it('an accepted eviction is not sent again, however long the pod takes', async () => {
    start({ pods: podsNamed('a') });
    await sync();
    addAll();
    await settle(120_000);
    expect(cluster.evictedNames).toEqual(['a']);
  });

  it('accepted in an earlier attempt: not sent again, and Evicted when it is gone', async () => {
    start({ pods: podsNamed('a') });
    const earlier: EvictionProgress = {
      podUid: 'uid-default-a',
      state: 'Terminating',
      message: 'accepted',
      attempts: 2,
      acceptedAt: '2026-01-01T23:59:00.000Z',
    };
    await sync();
    const entry = add(pod({ name: 'a' }), { earlier });
    await settle(30_000);
    await finish('a');
    await expect(entry.done).resolves.toMatchObject({ outcome: 'Evicted', attempts: 2, evictedAt: earlier.acceptedAt });
    expect(cluster.evictedNames).toEqual([]);
  });

  it('gone while its call is under way: decided by the answer', async () => {
    start({ pods: podsNamed('a') });
    const held = cluster.hold('evictPod');
    await sync();
    const entry = add(pod({ name: 'a' }));
    await finish('a');
    expect(await hasEnded(entry)).toBe(false);
    held.release({ kind: 'accepted' });
    await expect(entry.done).resolves.toMatchObject({ outcome: 'Evicted' });
  });

  it('a pod that a new list does not show is gone', async () => {
    start({ pods: podsNamed('a', 'b') });
    await sync();
    const [first, second] = addAll();
    await settle();
    cluster.pods.drop('a', 'default');
    cluster.pods.sync();
    await expect(first!.done).resolves.toMatchObject({ outcome: 'Evicted' });
    expect(await hasEnded(second!)).toBe(false);
  });

  it('at the deadline it fails and says what the pod waited for', async () => {
    start({ pods: podsNamed('a'), budgets: [budget({ disruptionsAllowed: 0 })] });
    await sync();
    const entry = add(pod({ name: 'a' }), { deadlineAt: START + 7300 });
    await settle(7299);
    expect(await hasEnded(entry)).toBe(false);
    await settle(1);
    await expect(entry.done).rejects.toMatchObject({
      type: 'DrainTimeout',
      message:
        'pod default/a was still on the node at the deadline (BlockedByBudget: budget default/web-pdb allows 0 now: 3 healthy, 2 needed). Raise timeoutSeconds, or remove what it waits for.',
    });
  });

  it('a call that is under way at the deadline is awaited', async () => {
    start({ pods: podsNamed('a') });
    const held = cluster.hold('evictPod');
    await sync();
    const entry = add(pod({ name: 'a' }), { deadlineAt: START + 1000 });
    await settle(2000);
    expect(await hasEnded(entry)).toBe(false);
    held.release({ kind: 'denied', message: 'not now' });
    await expect(entry.done).rejects.toMatchObject({ type: 'DrainTimeout' });
  });

  it('a pod that only takes long to end is terminating at the deadline, which is no failure of its own', async () => {
    start({ pods: podsNamed('a') });
    await sync();
    const entry = add(pod({ name: 'a' }), { deadlineAt: START + 1000 });
    await settle(1000);
    await expect(entry.done).resolves.toEqual({
      outcome: 'Terminating',
      attempts: 1,
      evictedAt: '2026-01-02T00:00:00.000Z',
    });
  });

  it('a call that breaks is that pod’s failure and nobody else’s', async () => {
    start({ pods: podsNamed('a', 'b') }, 1);
    cluster.fail('evictPod', new TypeError('broken'));
    await sync();
    const [first] = addAll();
    await expect(first!.done).rejects.toThrow('broken');
    await settle();
    expect(cluster.evictedNames).toEqual(['a', 'b']);
  });
});

describe('EvictionCoordinator, trouble and change', () => {
  it('trouble is told beside the reason of the wait, and goes with the next news', async () => {
    start({ pods: podsNamed('a'), budgets: [budget({ disruptionsAllowed: 0 })] });
    await sync();
    const told: string[] = [];
    add(pod({ name: 'a' }), { onProgress: ({ state, message }) => told.push(`${state}: ${message}`) });
    cluster.pods.trouble(outage);
    cluster.budgets.trouble(outage);
    cluster.pods.sync();
    cluster.budgets.change(cluster.budgets.find('web-pdb', 'default')!);
    const reason = 'BlockedByBudget: budget default/web-pdb allows 0 now: 3 healthy, 2 needed';
    expect(told).toEqual([reason, `${reason}; meanwhile: the API server does not answer`, reason]);
  });

  it('a reason for which the server asked to wait survives trouble', async () => {
    start({ pods: podsNamed('a') });
    cluster.answer('evictPod', { kind: 'throttled', message: 'slow down', retryAfterSeconds: 30 });
    await sync();
    addAll();
    await settle();
    cluster.pods.trouble(outage);
    cluster.pods.sync();
    expect(coordinator.toPicture()).toEqual([
      'default/a | Refused | the API server is throttling: slow down; it is tried again',
    ]);
  });

  it('whoever registers during trouble hears of it', () => {
    start({ pods: podsNamed('a') });
    cluster.pods.trouble(outage);
    addAll();
    expect(coordinator.toPicture()).toEqual([
      'default/a | Queued | waits for its turn; meanwhile: the API server does not answer',
    ]);
  });

  it('a second budget over the pod is said, and its removal ends the wait', async () => {
    const second = budget({ name: 'second' });
    start({ pods: podsNamed('a'), budgets: [budget(), second] });
    await sync();
    addAll();
    expect(cluster.evictedNames).toEqual([]);
    expect(coordinator.toPicture()[0]).toContain('BlockedByBudget | budgets default/second and default/web-pdb');
    cluster.budgets.remove(second);
    expect(cluster.evictedNames).toEqual(['a']);
  });
});

describe('EvictionCoordinator, the node itself', () => {
  const lost = new DecommissionFailure('CordonLost', 'somebody uncordoned it');
  const uncordoned = (found: NodeFacts | undefined): DecommissionFailure | undefined =>
    found?.unschedulable ? undefined : lost;

  it('as long as it is held, evictions go on', async () => {
    start({ nodes: [node({ unschedulable: true })], pods: podsNamed('a') });
    coordinator.guard(uncordoned);
    cluster.nodes.sync();
    await sync();
    addAll();
    expect(cluster.evictedNames).toEqual(['a']);
  });

  const losses: [name: string, lose: () => void][] = [
    ['changed', () => cluster.nodes.change(node({ unschedulable: false }))],
    [
      'deleted',
      () => {
        cluster.nodes.remove(node());
      },
    ],
  ];
  it.each(losses)('%s: nothing more is sent; what was accepted is terminating, the rest fails', async (_name, lose) => {
    const budgets = [budget()];
    start({ nodes: [node({ unschedulable: true })], pods: podsNamed('a', 'b'), budgets });
    coordinator.guard(uncordoned);
    cluster.nodes.sync();
    await sync();
    const [first, second] = addAll();
    await settle();
    lose();
    await expect(first!.done).resolves.toMatchObject({ outcome: 'Terminating' });
    await expect(second!.done).rejects.toBe(lost);
    await expect(add(pod({ name: 'b' })).done).rejects.toBe(lost);
    await allow(1);
    expect(cluster.evictedNames).toEqual(['a']);
  });
});

describe('EvictionCoordinator, letting go', () => {
  it('a removed pod gets no further eviction', async () => {
    start({ pods: podsNamed('a'), budgets: [budget({ disruptionsAllowed: 0 })] });
    await sync();
    await coordinator.remove(add(pod({ name: 'a' })));
    await allow(1);
    expect(cluster.evictedNames).toEqual([]);
  });

  it('a removal waits for the call that is under way', async () => {
    start({ pods: podsNamed('a') });
    const held = cluster.hold('evictPod');
    await sync();
    const entry = add(pod({ name: 'a' }));
    let isRemoved = false;
    void coordinator.remove(entry).then(() => (isRemoved = true));
    await settle();
    expect(isRemoved).toBe(false);
    held.release();
    await settle();
    expect(isRemoved).toBe(true);
  });

  it('a cancelled pod gets no further eviction, not even when its refusal is over at once', async () => {
    start({ pods: podsNamed('a'), budgets: [budget()] });
    const abort = new AbortController();
    const held = cluster.hold('evictPod');
    await sync();
    add(pod({ name: 'a' }), { signal: abort.signal });
    abort.abort();
    await allow(1);
    held.release({ kind: 'blockedByBudget', message: 'not now' });
    await settle(60_000);
    expect(cluster.evictedNames).toEqual(['a']);
  });

  it('a new attempt takes the place of the old one, which cannot take it away again', async () => {
    start({ pods: podsNamed('a') });
    await sync();
    const old = add(pod({ name: 'a' }));
    await settle();
    const current = add(pod({ name: 'a' }));
    await coordinator.remove(old);
    await finish('a');
    await expect(current.done).resolves.toMatchObject({ outcome: 'Evicted', attempts: 1 });
    expect(cluster.evictedNames).toEqual(['a']);
  });

  it('a new attempt waits for the call of the old one and has its answer', async () => {
    start({ pods: podsNamed('a') });
    const held = cluster.hold('evictPod');
    await sync();
    add(pod({ name: 'a' }));
    const current = add(pod({ name: 'a' }));
    await settle(10_000);
    expect(cluster.evictedNames).toEqual(['a']);
    held.release();
    await settle(10_000);
    await finish('a');
    await expect(current.done).resolves.toMatchObject({ outcome: 'Evicted', attempts: 1 });
    expect(cluster.evictedNames).toEqual(['a']);
  });
});
