import { toMoreText } from '../../domain/text/counts.ts';
import { checkOwnership } from '../../domain/node/check-ownership.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openProvenCluster } from '../support/open-verified-cluster.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { BudgetIndex } from './budget-index.ts';
import { EvictionCoordinator } from './eviction-coordinator.ts';
import type { EvictionEntry } from './eviction-entry.ts';
import type { EvictionRequest } from './eviction-request.ts';
import { FollowedCluster } from './followed-cluster.ts';
import { PendingPods } from './pending-pods.ts';
import type { FollowedClusters } from './read-drain-state.ts';

/** A node's workflow, to which its coordinator reports progress. */
export interface ProgressAddress {
  readonly workflowId: string;
  readonly runId: string;
}

/** What the evictions of one node share. */
interface Drain {
  readonly coordinator: EvictionCoordinator;
  readonly pendingPods: PendingPods;
}

interface Lease {
  readonly drain: Promise<Drain>;
  progressTimer?: NodeJS.Timeout;
  users: number;
}

const PROGRESS_INTERVAL_MILLISECONDS = 60_000;
const FIRST_PROGRESS_MILLISECONDS = 5000;
const MAX_PROGRESS_LINES = 50;
/** A drain that has read its node starts to evict within a moment. */
const FOLLOWED_AHEAD_MILLISECONDS = 10_000;
const FIRST_LIST_MILLISECONDS = 5000;

/** One coordinator per node, while evictions of that node run in this worker; those of a cluster share what they follow. */
export class CoordinatorRegistry implements FollowedClusters {
  readonly #dependencies: ActivityDependencies;
  readonly #leases = new Map<string, Lease>();
  readonly #followed = new WeakMap<Cluster, FollowedCluster>();

  constructor(dependencies: ActivityDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Passes the request to the node's coordinator and runs `wait` on its entry. However `wait` ends, the entry is removed afterwards and no
   * eviction call for it is in flight. Removing the last entry ends the watches. The first entry verifies the cluster's identity for all.
   *
   * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
   * @throws ClusterFailure
   * @throws what `wait` throws
   */
  async withEntry<Result>(
    context: TaskContext,
    node: NodeTarget,
    address: ProgressAddress,
    request: EvictionRequest,
    wait: (entry: EvictionEntry, pendingPods: PendingPods) => Promise<Result>,
  ): Promise<Result> {
    const key = `${context.cluster}/${node.nodeName}/${address.runId}`;
    const lease = this.#leases.get(key) ?? this.#open(key, context, node, address);
    lease.users += 1;
    try {
      const { coordinator, pendingPods } = await lease.drain;
      const entry = coordinator.add(request);
      try {
        return await wait(entry, pendingPods);
      } finally {
        await coordinator.remove(entry);
      }
    } finally {
      lease.users -= 1;
      if (lease.users === 0) await this.#close(key, lease);
    }
  }

  findNode(cluster: Cluster, nodeName: string): NodeFacts | undefined {
    return this.#followed.get(cluster)?.findNode(nodeName);
  }

  async awaitBudgets(cluster: Cluster): Promise<BudgetIndex | undefined> {
    const followed = this.#follow(cluster);
    if (followed.budgets === undefined && followed.trouble === '') await this.#awaitFirstList(followed);
    return followed.trouble === '' ? followed.budgets : undefined;
  }

  /** The coordinators that start next find the cluster followed. */
  async #awaitFirstList(followed: FollowedCluster): Promise<void> {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const leave = followed.join('', {
      onBudgetsListed: end,
      onBudget: () => undefined,
      onAllowance: () => undefined,
      onNode: () => undefined,
      onTrouble: end,
    });
    setTimeout(leave, FOLLOWED_AHEAD_MILLISECONDS).unref();
    const timer = setTimeout(end, FIRST_LIST_MILLISECONDS);
    await ended;
    clearTimeout(timer);
  }

  #open(key: string, context: TaskContext, node: NodeTarget, address: ProgressAddress): Lease {
    const lease: Lease = { drain: this.#startDrain(context, node), users: 0 };
    this.#leases.set(key, lease);
    lease.drain.then(
      ({ coordinator }) => {
        if (this.#leases.get(key) === lease) lease.progressTimer = this.#reportProgress(coordinator, address);
      },
      () => {
        // Every waiting activity gets the failure itself; the next one starts over.
        if (this.#leases.get(key) === lease) this.#leases.delete(key);
      },
    );
    return lease;
  }

  async #startDrain(context: TaskContext, node: NodeTarget): Promise<Drain> {
    const { now } = this.#dependencies;
    const cluster = await openProvenCluster(this.#dependencies, context);
    const { nodeName } = node;
    const { taskId } = context;
    const coordinator = new EvictionCoordinator({ followed: this.#follow(cluster), nodeName, taskId, now });
    coordinator.start();
    coordinator.guard((found) => checkOwnership(found, node, context.holder));
    return { coordinator, pendingPods: new PendingPods(cluster) };
  }

  #follow(cluster: Cluster): FollowedCluster {
    const { limits, now } = this.#dependencies;
    const followed = this.#followed.get(cluster) ?? new FollowedCluster(cluster, limits.maxConcurrentEvictions, now);
    this.#followed.set(cluster, followed);
    return followed;
  }

  async #close(key: string, lease: Lease): Promise<void> {
    if (this.#leases.get(key) === lease) this.#leases.delete(key);
    clearInterval(lease.progressTimer);
    const [started] = await Promise.allSettled([lease.drain]);
    if (started.status === 'fulfilled') started.value.coordinator.stop();
  }

  /** Reports only changes, at most once a minute: each signal adds to the history. */
  #reportProgress(coordinator: EvictionCoordinator, address: ProgressAddress): NodeJS.Timeout {
    let reportedText = '';
    let reportedAt = this.#dependencies.now() - PROGRESS_INTERVAL_MILLISECONDS + FIRST_PROGRESS_MILLISECONDS;
    return setInterval(() => {
      const lines = coordinator.toDrainProgress();
      const text = lines.join('\n');
      const now = this.#dependencies.now();
      if (text === reportedText || now - reportedAt < PROGRESS_INTERVAL_MILLISECONDS) return;
      reportedText = text;
      reportedAt = now;
      const more = toMoreText(lines.length, MAX_PROGRESS_LINES);
      const shown = more === '' ? lines : [...lines.slice(0, MAX_PROGRESS_LINES), more];
      void this.#dependencies.directory.reportProgress(address.workflowId, address.runId, shown);
    }, 1000);
  }
}
