import { describe, expect, it, jest } from '@jest/globals';
import { EvictionCoordinator } from '../../../src/activities/eviction/eviction-coordinator.ts';
import { FollowedCluster } from '../../../src/activities/eviction/followed-cluster.ts';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { DecommissionFailure } from '../../../src/domain/run/failures.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { budget } from '../../builders/budget.ts';
import { evictionRequest } from '../../builders/eviction-request.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { selector } from '../../builders/workload.ts';
import { settle, useFakeClock } from '../../fakes/fake-clock.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';

const NODES = 40;
const BUDGETS = 2000;
const PODS_PER_NODE = 5;

let cluster: FakeCluster;
let followed: FollowedCluster;
let coordinators: EvictionCoordinator[];
/** Turns of each coordinator, by its node. */
let turns: Map<string, number>;

const begin = (facts: Partial<FakeClusterFacts>, maxConcurrentEvictions = 20): void => {
  cluster = new FakeCluster(facts);
  followed = new FollowedCluster(cluster, maxConcurrentEvictions, () => Date.now());
  coordinators = [];
  turns = new Map();
};

const drain = (nodeName: string): EvictionCoordinator => {
  const now = (): number => {
    turns.set(nodeName, (turns.get(nodeName) ?? 0) + 1);
    return Date.now();
  };
  const coordinator = new EvictionCoordinator({ followed, nodeName, taskId: 'task-1', now });
  coordinators.push(coordinator);
  coordinator.start();
  return coordinator;
};

const drainAll = async (): Promise<void> => {
  const names = new Set(cluster.pods.all.map(({ nodeName }) => nodeName));
  for (const name of names) {
    const coordinator = drain(name);
    for (const each of cluster.pods.all) if (each.nodeName === name) coordinator.add(evictionRequest(each));
  }
  await sync();
};

const sync = async (): Promise<void> => {
  cluster.nodes.sync();
  cluster.pods.sync();
  cluster.budgets.sync();
  await settle();
};

/** Of nodes that have judged anything since; each judgement takes the time at least once. */
const wokenBy = async (change: () => unknown): Promise<readonly string[]> => {
  turns.clear();
  change();
  await settle();
  return [...turns.keys()];
};

useFakeClock(() => {
  for (const coordinator of coordinators) coordinator.stop();
  return cluster;
});

describe('FollowedCluster with 40 coordinators and 2,000 budgets', () => {
  const toPod = (index: number): PodFacts =>
    pod({
      name: `p-${index}`,
      namespace: `team-${index}`,
      nodeName: `node-${Math.floor(index / PODS_PER_NODE)}`,
      labels: { app: `app-${index}` },
    });
  const start = async (): Promise<void> => {
    begin({
      pods: Array.from({ length: NODES * PODS_PER_NODE }, (_, index) => toPod(index)),
      budgets: Array.from({ length: BUDGETS }, (_, index) =>
        budget({ namespace: `team-${index}`, selector: selector({ app: `app-${index}` }), disruptionsAllowed: 0 }),
      ),
    });
    await drainAll();
  };
  const change = (namespace: string, disruptionsAllowed: number): unknown =>
    cluster.budgets.change({ ...cluster.budgets.find('web-pdb', namespace)!, disruptionsAllowed });

  it('follows budgets and Nodes once, until the last coordinator ends', async () => {
    await start();
    expect([cluster.budgets.followerCount, cluster.nodes.followerCount]).toEqual([1, 1]);
    const last = coordinators.pop()!;
    for (const coordinator of coordinators) coordinator.stop();
    expect([cluster.budgets.followerCount, cluster.nodes.followerCount]).toEqual([1, 1]);
    last.stop();
    expect(cluster.followerCount).toBe(0);
  });

  it('an event of a namespace from which no pod leaves wakes no coordinator', async () => {
    await start();
    expect(await wokenBy(() => change('team-1999', 1))).toEqual([]);
  });

  it('an event wakes only the coordinator whose pod waits for that budget', async () => {
    await start();
    expect(await wokenBy(() => change(`team-${17 * PODS_PER_NODE}`, 1))).toEqual(['node-17']);
    expect(cluster.evictedNames).toEqual([`p-${17 * PODS_PER_NODE}`]);
  });

  it('an event judges only the pods that its budget selects', async () => {
    await start();
    const covering = jest.spyOn(followed.budgets!, 'covering');
    change('team-7', 0);
    await settle();
    expect(covering.mock.calls.map(([{ name }]) => name)).toEqual(['p-7']);
  });

  it('events that arrive together are handled in one turn', async () => {
    await start();
    expect(await wokenBy(() => [change('team-0', 0), change('team-1', 0), change('team-0', 0)])).toEqual(['node-0']);
    expect(turns.get('node-0')).toBe(1);
  });

  it('a budget that no longer selects a waiting pod wakes its coordinator', async () => {
    await start();
    const other = selector({ app: 'other' });
    const woken = await wokenBy(() =>
      cluster.budgets.change({ ...cluster.budgets.find('web-pdb', 'team-5')!, selector: other }),
    );
    expect(woken).toEqual(['node-1']);
    expect(cluster.evictedNames).toEqual(['p-5']);
  });

  it('a coordinator that joins later evicts with the budgets that are known', async () => {
    await start();
    const late = pod({ name: 'late', nodeName: 'late-node', namespace: 'team-7', labels: { app: 'free' } });
    cluster.pods.store(late);
    drain('late-node').add(evictionRequest(late));
    cluster.pods.sync();
    await settle();
    expect(cluster.evictedNames).toEqual(['late']);
  });

  it('trouble with budgets is reported by every coordinator', async () => {
    await start();
    cluster.budgets.trouble(new ClusterFailure('Unreachable', 'no response'));
    expect(coordinators.every((each) => each.toDrainProgress()[0]?.endsWith('meanwhile: no response'))).toBe(true);
  });
});

describe('FollowedCluster, evictions of several nodes', () => {
  const onNodes = (count: number): PodFacts[] =>
    Array.from({ length: count }, (_, index) => pod({ name: `p-${index}`, nodeName: `node-${index % 3}` }));

  it('no more are in flight than the limit, and the nodes take turns', async () => {
    begin({ pods: onNodes(9) }, 2);
    const held = Array.from({ length: 9 }, () => cluster.hold('evictPod'));
    await drainAll();
    expect(cluster.evictedNames).toEqual(['p-0', 'p-3']);
    const inFlight: number[] = [];
    for (const [index, each] of held.entries()) {
      each.release();
      await settle();
      inFlight.push(cluster.evictedNames.length - index - 1);
    }
    expect(inFlight).toEqual([2, 2, 2, 2, 2, 2, 2, 1, 0]);
    expect(cluster.evictedNames.slice(2, 5).map((name) => Number(name.slice(2)) % 3)).toEqual([0, 1, 2]);
  });

  it('a place in the line of a coordinator that ends goes to the next one', async () => {
    begin({ pods: onNodes(3) }, 1);
    const held = cluster.hold('evictPod');
    await drainAll();
    coordinators[1]?.stop();
    held.release();
    await settle();
    expect(cluster.evictedNames).toEqual(['p-0', 'p-2']);
  });

  it('G14: what one node uses of a budget is not tried for another one', async () => {
    begin({ pods: onNodes(3), budgets: [budget({ disruptionsAllowed: 1 })] });
    await drainAll();
    expect(cluster.evictedNames).toEqual(['p-0']);
    expect(cluster.argsOf('evictPod')).toHaveLength(1);
  });

  it('what one node could not use of a budget is tried for another one at once', async () => {
    begin({ pods: onNodes(3), budgets: [budget({ disruptionsAllowed: 1 })] });
    cluster.answer('evictPod', { kind: 'denied', message: 'not now' });
    await drainAll();
    expect(cluster.evictedNames).toEqual(['p-0', 'p-1']);
  });

  it('evictions under one budget are sent one after another, whichever node they are for', async () => {
    begin({ pods: onNodes(3), budgets: [budget({ disruptionsAllowed: 3 })] });
    const held = cluster.hold('evictPod');
    await drainAll();
    expect(cluster.evictedNames).toEqual(['p-0']);
    held.release();
    await settle();
    expect(cluster.evictedNames).toEqual(['p-0', 'p-1', 'p-2']);
  });
});

describe('FollowedCluster, the Node of a coordinator', () => {
  const lost = new DecommissionFailure('CordonLost', 'the node was uncordoned');
  const OURS = node({ unschedulable: true });

  const start = async (): Promise<void> => {
    begin({ nodes: [OURS], pods: [pod({ name: 'a' })] });
    const coordinator = drain('node-1');
    coordinator.guard((found) => (found?.unschedulable === true ? undefined : lost));
    coordinator.add(evictionRequest(pod({ name: 'a' })));
    await settle();
  };
  /** A watch that does not show the cordon yet, which a read does. */
  const syncBehind = async (): Promise<void> => {
    cluster.nodes.store({ ...OURS, unschedulable: false });
    cluster.answer('readNode', OURS);
    await sync();
  };

  it('a watch that is behind the cordon is corrected by a read', async () => {
    await start();
    await syncBehind();
    expect(cluster.argsOf('readNode')).toHaveLength(1);
    expect(cluster.evictedNames).toEqual(['a']);
  });

  it('nothing is sent before that read, which is repeated when it fails', async () => {
    await start();
    cluster.fail('readNode', new ClusterFailure('Unreachable', 'no response'), 2);
    await syncBehind();
    expect(cluster.evictedNames).toEqual([]);
    await settle(5000);
    expect(cluster.argsOf('readNode')).toHaveLength(3);
    expect(cluster.evictedNames).toEqual(['a']);
  });

  it('an uncordoning during that read is not missed', async () => {
    await start();
    cluster.nodes.store({ ...OURS, unschedulable: false });
    const held = cluster.hold('readNode');
    await sync();
    cluster.nodes.sync();
    held.release(OURS);
    await settle();
    expect(cluster.argsOf('readNode')).toHaveLength(2);
    expect(cluster.evictedNames).toEqual([]);
  });
});
