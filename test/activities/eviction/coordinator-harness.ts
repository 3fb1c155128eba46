import { EvictionCoordinator } from '../../../src/activities/eviction/eviction-coordinator.ts';
import type { EvictionEntry } from '../../../src/activities/eviction/eviction-entry.ts';
import { FollowedCluster } from '../../../src/activities/eviction/followed-cluster.ts';
import type { EvictionRequest } from '../../../src/activities/eviction/eviction-request.ts';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { evictionRequest } from '../../builders/eviction-request.ts';
import { pod } from '../../builders/pod.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';
import { settle } from '../../fakes/fake-clock.ts';

export const podsNamed = (...names: string[]): PodFacts[] => names.map((name) => pod({ name }));

/** A coordinator of `node-1` in a cluster whose controllers, kubelet and watches the test drives. Needs fake timers. */
export class CoordinatorStage {
  readonly cluster: FakeCluster;
  readonly coordinator: EvictionCoordinator;

  /** Follows the node; nothing is synced yet. */
  constructor(facts: Partial<FakeClusterFacts>, maxConcurrentEvictions: number) {
    this.cluster = new FakeCluster(facts);
    const { cluster } = this;
    this.coordinator = new EvictionCoordinator({
      followed: new FollowedCluster(cluster, maxConcurrentEvictions, () => Date.now()),
      nodeName: 'node-1',
      taskId: 'task-1',
      now: () => Date.now(),
    });
    this.coordinator.start();
  }

  /** Delivers the first or new LISTs. */
  async sync(): Promise<void> {
    this.cluster.pods.sync();
    this.cluster.budgets.sync();
    await this.settle();
  }

  /** Advances the clock and runs what is due. */
  async settle(milliseconds = 0): Promise<void> {
    await settle(milliseconds);
  }

  add(each: PodFacts, overrides: Partial<EvictionRequest> = {}): EvictionEntry {
    return this.coordinator.add(evictionRequest(each, overrides));
  }

  addAll(): readonly EvictionEntry[] {
    return this.cluster.pods.all.map((each) => this.add(each));
  }

  /** The kubelet has stopped the pod. */
  async finish(name: string): Promise<void> {
    this.cluster.pods.remove(this.cluster.pods.find(name, 'default')!);
    await this.settle();
  }

  /** The disruption controller updates the budget. */
  async allow(disruptionsAllowed: number, name = 'web-pdb'): Promise<void> {
    const { budgets } = this.cluster;
    budgets.change({ ...budgets.find(name, 'default')!, disruptionsAllowed, disruptedPods: [] });
    await this.settle();
  }
}

export const hasEnded = async (entry: EvictionEntry): Promise<boolean> =>
  await Promise.race([
    entry.done.then(
      () => true,
      () => true,
    ),
    Promise.resolve().then(() => false),
  ]);
