import type { PodFacts } from '../../domain/cluster/facts.ts';
import { isNeverLimited } from '../../domain/eviction/owner-limit.ts';
import { toPodName } from '../../domain/cluster/pod-state.ts';
import type { CountOrPercent } from '../../domain/request/decommission-request.ts';
import type { Cluster, PodScope } from '../../ports/cluster.ts';
import { FollowedPods } from './followed-pods.ts';
import { LimitedOwner, type LimitJudgement } from './limited-owner.ts';
import { PodOwners } from './pod-owners.ts';

/** A workload that no pod waits for is not followed any longer. */
const UNUSED_MILLISECONDS = 60_000;

/**
 * The workloads of a cluster with pods that no budget selects, of which only so many pods leave at once (`judgeOwnerLimit`). Shared by the
 * coordinators of a cluster, so that the limit holds across the nodes that this worker drains; other workers see the same pods.
 */
export class OwnerLimits {
  readonly #cluster: Cluster;
  readonly #now: () => number;
  /** By UID. */
  readonly #limited = new Map<string, LimitedOwner>();
  readonly #followed = new Map<string, FollowedPods>();
  #owners: PodOwners;

  /** `now`: milliseconds since the epoch. */
  constructor(cluster: Cluster, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
    this.#owners = new PodOwners(cluster, now);
  }

  /**
   * Whether `pod` may be evicted now, with at most `limit` pods of its workload missing; undefined: any number, as of pods that a budget selects.
   * `onChange` is called once if it has to wait and something has changed.
   */
  judge(pod: PodFacts, limit: CountOrPercent | undefined, onChange: () => void): LimitJudgement {
    if (limit === undefined || isNeverLimited(pod)) return { kind: 'goNow' };
    const workload = this.#owners.find(pod, onChange);
    if (workload === null) return { kind: 'goNow' };
    if (workload === undefined) return this.#toWait(pod);
    const limited =
      this.#limited.get(workload.uid) ??
      new LimitedOwner({
        cluster: this.#cluster,
        workload,
        owners: this.#owners,
        follow: this.#follow,
        now: this.#now,
      });
    this.#limited.set(workload.uid, limited);
    return limited.judge(pod, limit, onChange);
  }

  /** Ends the watches of workloads that no pod waits for. */
  releaseUnused(): void {
    for (const [uid, limited] of this.#limited) {
      if (this.#now() - limited.usedAt < UNUSED_MILLISECONDS) continue;
      limited.stop();
      this.#limited.delete(uid);
      this.#owners.forget(uid);
    }
    for (const [key, followed] of this.#followed) if (!followed.isUsed) this.#followed.delete(key);
  }

  /** Ends all watches, and forgets what they showed. */
  stop(): void {
    for (const limited of this.#limited.values()) limited.stop();
    this.#limited.clear();
    this.#followed.clear();
    this.#owners = new PodOwners(this.#cluster, this.#now);
  }

  #toWait(pod: PodFacts): LimitJudgement {
    const failure = this.#owners.failureOf(pod);
    const message = `waiting until the owner of pod ${toPodName(pod)} is known, whose pods limit this eviction`;
    return { kind: 'wait', workload: '', message: failure === '' ? message : `${message}: ${failure}` };
  }

  /** Workloads of operators without a selector share the pods of their namespace. */
  readonly #follow = (scope: PodScope): FollowedPods => {
    const key = JSON.stringify(scope);
    const followed = this.#followed.get(key) ?? new FollowedPods(this.#cluster, scope);
    this.#followed.set(key, followed);
    return followed;
  };
}
