import { judgeNodeHold } from '../../domain/node/check-ownership.ts';
import type { NodeTarget, TaskContext } from '../../domain/run/context.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openCluster } from '../support/open-verified-cluster.ts';
import { EvictionCoordinator } from './eviction-coordinator.ts';
import type { EvictionEntry } from './eviction-entry.ts';
import type { EvictionOrder } from './eviction-request.ts';

/** A node's workflow, to which its coordinator tells the picture. */
export interface PictureAddress {
  readonly workflowId: string;
  readonly runId: string;
}

interface Lease {
  readonly coordinator: Promise<EvictionCoordinator>;
  pictureTimer?: NodeJS.Timeout;
  users: number;
}

const PICTURE_INTERVAL_MILLISECONDS = 60_000;
const FIRST_PICTURE_MILLISECONDS = 5000;
const MAX_PICTURE_LINES = 50;

/** One coordinator per node for as long as evictions of that node run in this worker. */
export class CoordinatorRegistry {
  readonly #dependencies: ActivityDependencies;
  readonly #leases = new Map<string, Lease>();

  constructor(dependencies: ActivityDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Hands the order to the node's coordinator and runs `wait` on its entry. Whatever `wait` does, the entry is let go afterwards and no
   * eviction call for it is under way any more; the last one out ends the watches. The first one in proves the cluster's identity for all:
   * a proof per pod would double the requests. Throws as `openCluster`, and what `wait` throws.
   */
  async withEntry<Result>(
    context: TaskContext,
    node: NodeTarget,
    address: PictureAddress,
    order: EvictionOrder,
    wait: (entry: EvictionEntry) => Promise<Result>,
  ): Promise<Result> {
    const key = `${context.cluster}/${node.nodeName}/${address.runId}`;
    const lease = this.#leases.get(key) ?? this.#open(key, context, node, address);
    lease.users += 1;
    try {
      const coordinator = await lease.coordinator;
      const entry = coordinator.add(order);
      try {
        return await wait(entry);
      } finally {
        await coordinator.remove(entry);
      }
    } finally {
      lease.users -= 1;
      if (lease.users === 0) await this.#close(key, lease);
    }
  }

  #open(key: string, context: TaskContext, node: NodeTarget, address: PictureAddress): Lease {
    const lease: Lease = { coordinator: this.#startCoordinator(context, node), users: 0 };
    this.#leases.set(key, lease);
    lease.coordinator.then(
      (coordinator) => {
        if (this.#leases.get(key) === lease) lease.pictureTimer = this.#tellPictures(coordinator, address);
      },
      () => {
        // Every waiting activity gets the failure itself; the next one starts afresh.
        if (this.#leases.get(key) === lease) this.#leases.delete(key);
      },
    );
    return lease;
  }

  async #startCoordinator(context: TaskContext, node: NodeTarget): Promise<EvictionCoordinator> {
    const { limits, now } = this.#dependencies;
    const cluster = await openCluster(this.#dependencies, context);
    const { maxConcurrentEvictions } = limits;
    const coordinator = new EvictionCoordinator({ cluster, nodeName: node.nodeName, maxConcurrentEvictions, now });
    coordinator.start();
    coordinator.guard((found) => judgeNodeHold(found, node, context.holder));
    return coordinator;
  }

  async #close(key: string, lease: Lease): Promise<void> {
    if (this.#leases.get(key) === lease) this.#leases.delete(key);
    clearInterval(lease.pictureTimer);
    const [started] = await Promise.allSettled([lease.coordinator]);
    if (started.status === 'fulfilled') started.value.stop();
  }

  /** Only a changed picture is told, at most once a minute: each signal costs history. */
  #tellPictures(coordinator: EvictionCoordinator, address: PictureAddress): NodeJS.Timeout {
    let toldText = '';
    let toldAt = this.#dependencies.now() - PICTURE_INTERVAL_MILLISECONDS + FIRST_PICTURE_MILLISECONDS;
    return setInterval(() => {
      const lines = coordinator.toPicture();
      const text = lines.join('\n');
      const now = this.#dependencies.now();
      if (text === toldText || now - toldAt < PICTURE_INTERVAL_MILLISECONDS) return;
      toldText = text;
      toldAt = now;
      const rest = lines.length - MAX_PICTURE_LINES;
      const shown = rest > 0 ? [...lines.slice(0, MAX_PICTURE_LINES), `and ${rest} more`] : lines;
      void this.#dependencies.directory.tellPicture(address.workflowId, address.runId, shown);
    }, 1000);
  }
}
