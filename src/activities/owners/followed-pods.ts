import type { PodFacts } from '../../domain/cluster/facts.ts';
import { isFinished, isTerminating } from '../../domain/cluster/pod-state.ts';
import type { Owned } from '../../domain/cluster/workload-index.ts';
import type { Cluster, Follower, PodScope } from '../../ports/cluster.ts';

/** What counts of a pod that may be one of a limited workload. */
export interface CountedPod extends Owned {
  readonly uid: string;
  /** Not terminating, and not finished. */
  readonly isReady: boolean;
}

/** A watch that recovers without an event does not report that, so it is replaced. */
const RESTART_MILLISECONDS = 5000;

/** One LIST and WATCH of pods, while there is a listener. Finished pods are left out. */
export class FollowedPods {
  readonly #cluster: Cluster;
  readonly #scope: PodScope;
  readonly #listeners = new Set<() => void>();
  /** By UID; undefined until the first LIST. */
  #pods: Map<string, CountedPod> | undefined;
  #trouble = '';
  /** Milliseconds since the epoch. */
  #restartNotBefore = 0;
  #version = 0;
  #membersVersion = 0;
  #follower: Follower | undefined;

  constructor(cluster: Cluster, scope: PodScope) {
    this.#cluster = cluster;
    this.#scope = scope;
  }

  /** By UID; undefined while unknown: before the first LIST, and after a failure until there is another event. */
  get pods(): ReadonlyMap<string, CountedPod> | undefined {
    return this.#trouble === '' ? this.#pods : undefined;
  }

  /** Why they are unknown; empty: they are known, or are being listed. */
  get trouble(): string {
    return this.#trouble;
  }

  /** Changes with each event. */
  get version(): number {
    return this.#version;
  }

  /** Changes when a pod appears or is gone. */
  get membersVersion(): number {
    return this.#membersVersion;
  }

  /** Calls `onChange` after each event and each failure. Returns what ends that; the last one ends the watch. */
  join(onChange: () => void): () => void {
    this.#listeners.add(onChange);
    this.#follower ??= this.#follow();
    return () => {
      this.#listeners.delete(onChange);
      if (this.#listeners.size > 0) return;
      this.#follower?.stop();
      this.#follower = undefined;
      this.#pods = undefined;
      this.#trouble = '';
    };
  }

  get isUsed(): boolean {
    return this.#listeners.size > 0;
  }

  /** Lists the pods again if they cannot be watched, every five seconds at most. `now`: milliseconds since the epoch. */
  restartIfTroubled(now: number): void {
    if (this.#trouble === '' || now < this.#restartNotBefore) return;
    this.#restartNotBefore = now + RESTART_MILLISECONDS;
    this.#follower?.stop();
    this.#follower = this.#follow();
  }

  #follow(): Follower {
    return this.#cluster.followPods(this.#scope, {
      onSync: (pods) => {
        this.#pods = new Map();
        this.#membersVersion += 1;
        for (const pod of pods) this.#take(pod);
        this.#note('');
      },
      onChange: (pod) => {
        this.#take(pod);
        this.#note('');
      },
      onRemove: ({ uid }) => {
        this.#drop(uid);
        this.#note('');
      },
      onTrouble: ({ message }) => {
        this.#note(message);
      },
    });
  }

  #take(pod: PodFacts): void {
    const { uid, namespace, controller, ready } = pod;
    if (isFinished(pod)) {
      this.#drop(uid);
      return;
    }
    if (this.#pods?.has(uid) === false) this.#membersVersion += 1;
    const owned = controller === undefined ? { namespace } : { namespace, controller };
    this.#pods?.set(uid, { uid, ...owned, isReady: ready && !isTerminating(pod) });
  }

  #drop(uid: string): void {
    if (this.#pods?.delete(uid) === true) this.#membersVersion += 1;
  }

  #note(trouble: string): void {
    this.#trouble = trouble;
    this.#version += 1;
    for (const onChange of [...this.#listeners]) onChange();
  }
}
