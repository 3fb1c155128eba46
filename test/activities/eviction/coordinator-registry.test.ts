import { describe, expect, it } from '@jest/globals';
import { CoordinatorRegistry } from '../../../src/activities/eviction/coordinator-registry.ts';
import type { EvictionResult } from '../../../src/activities/eviction/eviction-request.ts';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { evictionRequest } from '../../builders/eviction-request.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { pod } from '../../builders/pod.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';
import { settle, useFakeClock } from '../../fakes/fake-clock.ts';

const ADDRESS = { workflowId: 'decommission/default/node/node-1', runId: 'run-1' };

let cluster: FakeCluster;
let directory: FakeWorkflowDirectory;
let registry: CoordinatorRegistry;

const start = (pods: readonly PodFacts[]): void => {
  cluster = new FakeCluster({ nodes: [heldNode(), heldNode({ name: 'node-2' })], pods });
  directory = new FakeWorkflowDirectory();
  registry = new CoordinatorRegistry(activityDependencies(cluster, { directory }));
};

/** Does what one activity does: registers its pod and awaits its end. */
const evict = (each: PodFacts, runId = 'run-1'): Promise<EvictionResult> => {
  const ended = registry.withEntry(
    taskContext(),
    nodeTarget({ nodeName: each.nodeName, nodeUid: `uid-${each.nodeName}` }),
    { ...ADDRESS, runId },
    evictionRequest(each),
    (entry) => entry.done,
  );
  // Awaited later; an earlier rejection must not count as unhandled.
  ended.catch(() => undefined);
  return ended;
};

const sync = async (): Promise<void> => {
  await settle();
  cluster.nodes.sync();
  cluster.pods.sync();
  cluster.budgets.sync();
  await settle();
};

const finish = async (each: PodFacts): Promise<void> => {
  cluster.pods.remove(each);
  await settle();
};

useFakeClock(() => cluster);

describe('CoordinatorRegistry', () => {
  it('all pods of a node share one coordinator and one identity check; the last one ends it', async () => {
    const [a, b] = [pod({ name: 'a' }), pod({ name: 'b' })];
    start([a, b]);
    const ends = [evict(a), evict(b)];
    await sync();
    expect(cluster.argsOf('readIdentity')).toHaveLength(1);
    expect(cluster.followerCount).toBe(3);
    await finish(a);
    expect(cluster.followerCount).toBe(3);
    await finish(b);
    expect(cluster.followerCount).toBe(0);
    await expect(Promise.all(ends)).resolves.toMatchObject([{ outcome: 'Evicted' }, { outcome: 'Evicted' }]);
  });

  it('two nodes have two coordinators, which share the watches of budgets and Nodes', async () => {
    const [a, b] = [pod({ name: 'a' }), pod({ name: 'b', nodeName: 'node-2' })];
    start([a, b]);
    const ends = [evict(a), evict(b)];
    await sync();
    expect(cluster.followerCount).toBe(4);
    await finish(a);
    expect(cluster.followerCount).toBe(3);
    await finish(b);
    expect(cluster.followerCount).toBe(0);
    await Promise.all(ends);
  });

  it('a pod that registers after the last one ended gets a new coordinator', async () => {
    const [a, b] = [pod({ name: 'a' }), pod({ name: 'b' })];
    start([a, b]);
    const first = evict(a);
    await sync();
    await finish(a);
    await first;
    const second = evict(b);
    await sync();
    await finish(b);
    await expect(second).resolves.toMatchObject({ outcome: 'Evicted' });
    expect(cluster.argsOf('readIdentity')).toHaveLength(2);
  });

  const starts: [name: string, spoil: () => void, failure: object][] = [
    [
      'another cluster',
      () => {
        cluster.identity = { kubeSystemUid: 'uid-other', caHashes: ['ca'] };
      },
      { type: 'ClusterMismatch' },
    ],
    [
      'no response',
      () => {
        cluster.fail('readIdentity', new ClusterFailure('Unreachable', 'no response'));
      },
      { reason: 'Unreachable' },
    ],
  ];
  it.each(starts)(
    '%s: every entry is rejected, everything is cleaned up, the next one starts over',
    async (_name, spoil, failure) => {
      const [a, b] = [pod({ name: 'a' }), pod({ name: 'b' })];
      start([a, b]);
      spoil();
      const ends = [evict(a), evict(b)];
      await settle();
      for (const end of ends) await expect(end).rejects.toMatchObject(failure);
      expect(cluster.followerCount).toBe(0);
      expect(cluster.evictedNames).toEqual([]);
      cluster.identity = taskContext().clusterIdentity;
      const again = evict(a);
      await sync();
      await finish(a);
      await expect(again).resolves.toMatchObject({ outcome: 'Evicted' });
    },
  );

  const losses: [name: string, change: Parameters<typeof heldNode>[0], type: string][] = [
    ['uncordoned', { unschedulable: false }, 'CordonLost'],
    ['without the lock', { annotations: {} }, 'LockLost'],
    ['recreated', { uid: 'uid-new' }, 'NodeChanged'],
  ];
  it.each(losses)('the node is %s during the drain: nothing more is sent', async (_name, change, type) => {
    start([pod({ name: 'a' })]);
    cluster.nodes.store(heldNode(change));
    const end = evict(pod({ name: 'a' }));
    await settle();
    cluster.nodes.sync();
    await settle();
    cluster.pods.sync();
    cluster.budgets.sync();
    await expect(end).rejects.toMatchObject({ type, retryable: false });
    expect(cluster.evictedNames).toEqual([]);
  });

  it('reports progress after 5 s, then when it has changed, at most once a minute', async () => {
    const pods = ['a', 'b', 'c'].map((name) => pod({ name }));
    start(pods);
    const ends = pods.map((each) => evict(each));
    await sync();
    await settle(4999);
    expect(directory.reports).toHaveLength(0);
    await settle(1);
    expect(directory.reports).toHaveLength(1);
    expect(directory.reports[0]).toMatchObject(ADDRESS);
    expect(directory.reports[0]?.lines).toHaveLength(3);
    await settle(120_000);
    expect(directory.reports).toHaveLength(1);
    await finish(pods[0]!);
    await settle(1000);
    await finish(pods[1]!);
    await settle(59_000);
    expect(directory.reports.map(({ lines }) => lines.length)).toEqual([3, 2]);
    await settle(1000);
    expect(directory.reports.map(({ lines }) => lines.length)).toEqual([3, 2, 1]);
    await finish(pods[2]!);
    await Promise.all(ends);
  });

  it('truncates a long report', async () => {
    const pods = Array.from({ length: 60 }, (_, index) => pod({ name: `pod-${index}` }));
    start(pods);
    const ends = pods.map((each) => evict(each));
    await sync();
    await settle(5000);
    expect(directory.reports[0]?.lines).toHaveLength(51);
    expect(directory.reports[0]?.lines.at(-1)).toBe('and 10 more');
    for (const each of pods) await finish(each);
    await Promise.all(ends);
  });
});

describe('CoordinatorRegistry, what it follows before the first eviction', () => {
  it('shows budgets after the first LIST, and follows them for the evictions that come next', async () => {
    start([pod()]);
    const budgets = registry.awaitBudgets(cluster);
    await sync();
    expect((await budgets)?.covering(pod())).toEqual([]);
    expect(cluster.followerCount).toBe(2);
    await settle(10_000);
    expect(cluster.followerCount).toBe(0);
  });

  it('shows nothing while budgets cannot be watched', async () => {
    start([pod()]);
    const budgets = registry.awaitBudgets(cluster);
    cluster.budgets.trouble(new ClusterFailure('Forbidden', 'may not watch', 403));
    await expect(budgets).resolves.toBeUndefined();
    await expect(registry.awaitBudgets(cluster)).resolves.toBeUndefined();
    await settle(10_000);
  });

  it('does not wait for an API server that stays silent', async () => {
    start([pod()]);
    const budgets = registry.awaitBudgets(cluster);
    await settle(5000);
    await expect(budgets).resolves.toBeUndefined();
    await settle(5000);
  });

  it('shows a cordoned Node as long as it is watched', async () => {
    start([pod()]);
    expect(registry.findNode(cluster, 'node-1')).toBeUndefined();
    void registry.awaitBudgets(cluster);
    await sync();
    expect(registry.findNode(cluster, 'node-1')).toMatchObject({ name: 'node-1' });
    cluster.nodes.trouble(new ClusterFailure('Unreachable', 'no response'));
    expect(registry.findNode(cluster, 'node-1')).toBeUndefined();
    cluster.nodes.sync();
    expect(registry.findNode(cluster, 'node-1')).toMatchObject({ name: 'node-1' });
    await settle(10_000);
  });
});
