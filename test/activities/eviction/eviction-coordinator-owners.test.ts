import { describe, expect, it } from '@jest/globals';
import { EvictionCoordinator } from '../../../src/activities/eviction/eviction-coordinator.ts';
import type { EvictionEntry } from '../../../src/activities/eviction/eviction-entry.ts';
import { FollowedCluster } from '../../../src/activities/eviction/followed-cluster.ts';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { CountOrPercent } from '../../../src/domain/request/decommission-request.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { budget } from '../../builders/budget.ts';
import { evictionRequest } from '../../builders/eviction-request.ts';
import { owner, pod } from '../../builders/pod.ts';
import { countlessWorkload, replicaSet, selector, workload } from '../../builders/workload.ts';
import { settle, useFakeClock } from '../../fakes/fake-clock.ts';
import { FakeCluster, GRACE_END } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';

const WEB = [workload({ replicas: 10 }), replicaSet()];
const THREE = [workload(), replicaSet()];
const COVERED = { app: 'web', guarded: 'yes' };
const BROKERS = owner('kafka.example.com/v1', 'Brokers', 'kafka');
const { selector: _none, ...brokers } = countlessWorkload('kafka.example.com/v1', 'Brokers', 'kafka');

let cluster: FakeCluster;
let coordinators: Map<string, EvictionCoordinator>;
let entries: Map<string, EvictionEntry>;

const named = (names: string, overrides: Partial<PodFacts> = {}): PodFacts[] =>
  Array.from(names, (name) => pod({ name, ...overrides }));

/** Evicts the pods of all nodes whose names do not begin with `spare`. `prepare`: before the first call. */
const start = async (
  facts: Partial<FakeClusterFacts>,
  maxUnavailable?: CountOrPercent,
  prepare: () => void = () => undefined,
): Promise<void> => {
  cluster = new FakeCluster({ workloads: WEB, ...facts });
  prepare();
  const followed = new FollowedCluster(cluster, 20, () => Date.now());
  const leaving = cluster.pods.all.filter(({ nodeName }) => !nodeName.startsWith('spare'));
  coordinators = new Map();
  entries = new Map();
  for (const each of leaving) {
    const { nodeName, name } = each;
    const known = coordinators.get(nodeName);
    const coordinator =
      known ?? new EvictionCoordinator({ followed, nodeName, taskId: 'task-1', now: () => Date.now() });
    if (!known) coordinator.start();
    coordinators.set(nodeName, coordinator);
    entries.set(name, coordinator.add(evictionRequest(each, maxUnavailable === undefined ? {} : { maxUnavailable })));
  }
  cluster.budgets.sync();
  await sync();
  // That of the pods of the owners has begun.
  await sync();
};

const sync = async (): Promise<void> => {
  cluster.pods.sync();
  await settle();
};

/** The watches show the pods as they are stored. */
const show = async (...names: string[]): Promise<void> => {
  for (const name of names) cluster.pods.change(cluster.pods.find(name, 'default')!);
  await settle();
};

const finish = async (...names: string[]): Promise<void> => {
  for (const name of names) cluster.pods.remove(cluster.pods.find(name, 'default')!);
  await settle();
};

const replace = async (...replacements: PodFacts[]): Promise<void> => {
  for (const each of replacements) cluster.pods.change({ ...each, nodeName: 'spare' });
  await settle();
};

const evicted = (): string => cluster.evictedNames.join('');
const progressOf = (name: string): EvictionEntry['progress'] => entries.get(name)!.progress;

useFakeClock(() => {
  for (const coordinator of coordinators.values()) coordinator.stop();
  return cluster;
});

describe('EvictionCoordinator, pods of one owner without a budget', () => {
  it('nine of ten leave three at a time, and the next one when a replacement is Ready', async () => {
    const facts = {
      pods: [...named('abcdefghi'), ...named('j', { nodeName: 'spare', labels: COVERED })],
      budgets: [budget({ selector: selector({ guarded: 'yes' }), disruptionsAllowed: 0 })],
    };
    await start(facts, '25%');
    expect(evicted()).toBe('abc');
    expect(progressOf('d')).toMatchObject({
      state: 'BlockedByOwnerLimit',
      message:
        'Deployment default/web has 10 of 10 pods Ready (3 just evicted), and maxUnavailable (25%) allows 3 to be missing',
      stuck: { cause: 'ownerLimit', subject: 'Deployment default/web' },
    });
    await show('a', 'b', 'c');
    expect(progressOf('d').message).toMatch(/has 7 of 10 pods Ready, and/);
    await finish('a', 'b', 'c');
    await replace(pod({ name: 'x', ready: false }));
    expect(evicted()).toBe('abc');
    await replace(pod({ name: 'x' }));
    expect(evicted()).toBe('abcd');
  });

  it('the limit holds across the nodes that are drained', async () => {
    await start({ pods: [...named('ab'), ...named('cd', { nodeName: 'node-2' })] }, 7);
    expect(evicted()).toBe('a');
    await show('a');
    await replace(...named('uvw'));
    expect(evicted().slice(1)).toMatch(/^[bcd]{3}$/);
  });

  it('what another worker has evicted counts as the watch shows it', async () => {
    const late = pod({ name: 'b', nodeName: 'spare-2' });
    await start({ pods: [...named('az', { nodeName: 'node-1' }), late], workloads: THREE }, 1);
    const followed = new FollowedCluster(cluster, 20, () => Date.now());
    const other = new EvictionCoordinator({ followed, nodeName: 'spare-2', taskId: 'task-2', now: () => Date.now() });
    coordinators.set('spare-2', other);
    other.start();
    const entry = other.add(evictionRequest(late, { maxUnavailable: 1 }));
    cluster.budgets.sync();
    await sync();
    await sync();
    expect([evicted(), entry.progress.message]).toEqual([
      'a',
      expect.stringMatching(/has 2 of 3 pods Ready, and maxUnavailable allows 1/),
    ]);
    coordinators.get('node-1')!.stop();
    await finish('a');
    await replace(pod({ name: 'y' }));
    expect(evicted()).toBe('ab');
  });

  it('pods that are not Ready elsewhere count, and may always leave themselves', async () => {
    const broken = named('xyz', { nodeName: 'spare', ready: false });
    await start({ pods: [...named('ab'), ...named('c', { ready: false }), ...broken] }, 8);
    expect(evicted()).toBe('c');
    expect(progressOf('a').message).toMatch(/has 2 of 10 pods Ready/);
  });

  it('a workload without a limit is evicted at once, and nothing is read for it', async () => {
    await start({ pods: named('abc') });
    expect(evicted()).toBe('abc');
    expect([cluster.argsOf('readWorkload'), cluster.pods.followerCount]).toEqual([[], 1]);
  });

  it('a single replica is evicted without following its pods', async () => {
    await start({ pods: named('a'), workloads: [workload({ replicas: 1 }), replicaSet()] }, '25%');
    expect(evicted()).toBe('a');
    expect(cluster.pods.followerCount).toBe(1);
  });

  it('pods under a budget leave as it allows, whatever is missing of their workload', async () => {
    const covered = budget({ selector: selector({ app: 'web' }), disruptionsAllowed: 2 });
    await start({ pods: named('abc'), budgets: [covered] }, 1);
    expect(evicted()).toBe('ab');
    expect(cluster.argsOf('readWorkload')).toEqual([]);
  });

  it('pods of another Deployment that its selector selects too do not count', async () => {
    const other = owner('apps/v1', 'ReplicaSet', 'canary-1');
    const canary = replicaSet({ name: 'canary-1', controller: owner('apps/v1', 'Deployment', 'canary') });
    const workloads = [workload({ replicas: 3 }), workload({ name: 'canary' }), replicaSet(), canary];
    const pods = [...named('ab'), ...named('xyz', { nodeName: 'spare', controller: other })];
    await start({ pods, workloads }, 1);
    expect(progressOf('a').message).toMatch(/has 2 of 3 pods Ready/);
  });

  it('pods of an older ReplicaSet count', async () => {
    const old = replicaSet({ name: 'web-0' });
    const pods = [
      ...named('ab'),
      ...named('xy', { nodeName: 'spare', controller: owner('apps/v1', 'ReplicaSet', 'web-0') }),
    ];
    await start({ pods, workloads: [workload({ replicas: 4 }), replicaSet(), old] }, 1);
    expect(evicted()).toBe('a');
  });

  it('a workload that is scaled down has fewer to keep', async () => {
    await start({ pods: [...named('ab'), ...named('z', { nodeName: 'spare' })] }, 1);
    expect(evicted()).toBe('');
    cluster.workloads = [workload({ replicas: 2 }), replicaSet()];
    await settle(2000);
    await finish('z');
    expect(evicted()).toBe('a');
  });

  it('pods whose owner is gone are not limited', async () => {
    await start({ pods: named('abc'), workloads: [] }, 1);
    expect(evicted()).toBe('abc');
  });
});

describe('EvictionCoordinator, pods of owners of which less is known', () => {
  const kafka = (names: string, overrides: Partial<PodFacts> = {}): PodFacts[] =>
    named(names, { controller: BROKERS, labels: {}, ...overrides });
  const spare = { nodeName: 'spare' };

  it('without a replica count, one leaves at a time, and another one when its replacement is Ready', async () => {
    await start({ pods: [...kafka('ab'), ...kafka('z', spare)], workloads: [brokers] }, 1);
    expect(evicted()).toBe('a');
    await show('a');
    await finish('a');
    expect(progressOf('b').message).toMatch(/^Brokers default\/kafka has 2 of 3 pods Ready, and/);
    await replace(...kafka('x'));
    expect(evicted()).toBe('ab');
  });

  it('without a replica count, a pod that is not replaced for a minute is not waited for', async () => {
    await start({ pods: [...kafka('ab'), ...kafka('z', spare)], workloads: [brokers] }, 1);
    await show('a');
    await finish('a');
    await settle(55_000);
    expect(evicted()).toBe('a');
    await settle(10_000);
    expect(evicted()).toBe('ab');
  });

  it('without a selector, the pods of its namespace are followed once, of which only its own count', async () => {
    const zoo = owner('kafka.example.com/v1', 'Brokers', 'zoo');
    const others = named('cd', { controller: zoo, labels: {} });
    const { selector: _selector, ...counted } = workload({ ...brokers, replicas: 2 });
    const pods = [...kafka('ab'), ...others, ...named('xy', spare)];
    const second = { ...counted, name: 'zoo', uid: zoo.uid };
    await start({ pods, workloads: [counted, second, ...WEB] }, 1);
    expect(evicted()).toBe('ac');
    // Of the node, and of the namespace.
    expect(cluster.pods.followerCount).toBe(2);
  });

  it('a selector that does not select its pods is replaced by the namespace', async () => {
    const wrong = workload({ ...brokers, replicas: 2, selector: selector({ app: 'zoo' }) });
    await start({ pods: kafka('ab'), workloads: [wrong] }, 1);
    await sync();
    expect(evicted()).toBe('a');
  });
});

describe('EvictionCoordinator, when the pods of an owner cannot be counted', () => {
  const troubled = new ClusterFailure('Unreachable', 'no response');

  it('nothing is sent while they cannot be watched, and they are listed again', async () => {
    await start({ pods: [...named('ab'), ...named('z', { nodeName: 'spare' })], workloads: THREE }, 1);
    await show('a');
    cluster.pods.trouble(troubled);
    cluster.pods.store(pod({ name: 'y', nodeName: 'spare' }));
    await settle(4000);
    expect(evicted()).toBe('a');
    expect(progressOf('b')).toMatchObject({
      state: 'BlockedByOwnerLimit',
      message:
        'waiting until the pods of Deployment default/web are known, whose number limits this eviction: no response',
    });
    await sync();
    expect(evicted()).toBe('ab');
  });

  it('an owner that cannot be read is read again after five seconds', async () => {
    await start({ pods: named('ab') }, 1, () => {
      cluster.fail('readWorkload', troubled);
    });
    const waiting = /^waiting until the owner of pod default\/b is known, .*: no response$/;
    expect(progressOf('b').message).toMatch(waiting);
    await settle(4000);
    expect(progressOf('b').message).toMatch(waiting);
    await settle(1000);
    await sync();
    expect(progressOf('b').message).toMatch(/has 2 of 10 pods Ready/);
  });

  it('an eviction without a response counts for ten seconds', async () => {
    const pods = [...named('ab'), ...named('z', { nodeName: 'spare' })];
    await start({ pods, workloads: THREE }, 1, () => {
      cluster.answer('evictPod', { kind: 'unknown', message: 'no response' });
    });
    await coordinators.get('node-1')!.remove(entries.get('a')!);
    await settle(9000);
    expect(evicted()).toBe('a');
    await settle(5000);
    expect(evicted()).toBe('ab');
  });

  it('what no pod waits for is followed for another minute', async () => {
    await start(
      { pods: [...named('a'), ...named('yz', { nodeName: 'spare' })], workloads: [workload(), replicaSet()] },
      1,
    );
    expect([evicted(), cluster.pods.followerCount]).toEqual(['a', 2]);
    await settle(70_000);
    expect(cluster.pods.followerCount).toBe(1);
    expect(cluster.pods.find('a', 'default')?.deletionTimestamp).toBe(GRACE_END);
  });
});
