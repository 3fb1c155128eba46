import { isEmptySelector } from '../../domain/cluster/label-selector.ts';
import { isOfKind } from '../../domain/cluster/object-kind.ts';
import type { PodFacts, WorkloadFacts } from '../../domain/cluster/facts.ts';
import { isNoLimit, judgeOwnerLimit, type LimitedWorkload } from '../../domain/eviction/owner-limit.ts';
import type { CountOrPercent } from '../../domain/request/decommission-request.ts';
import type { Cluster, EvictionAnswer, PodScope } from '../../ports/cluster.ts';
import { readOwner } from '../support/read-workload-index.ts';
import type { CountedPod, FollowedPods } from './followed-pods.ts';
import type { PodOwners } from './pod-owners.ts';

/** An eviction that may be sent now. */
export interface OwnerClaim {
  /** Call it when the eviction is sent. */
  take(): void;
  /** Call it with the response; undefined: nothing was sent. */
  settle(answer: EvictionAnswer['kind'] | undefined): void;
}

/** `claim`: absent when the limit does not apply. Evictions with the same `laneKey` are sent one after another. */
export type LimitJudgement =
  | { readonly kind: 'goNow'; readonly laneKey?: string; readonly claim?: OwnerClaim }
  | { readonly kind: 'wait'; readonly workload: string; readonly message: string };

export interface LimitedOwnerSettings {
  readonly cluster: Cluster;
  readonly workload: WorkloadFacts;
  readonly owners: PodOwners;
  readonly follow: (scope: PodScope) => FollowedPods;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface CountedPods {
  /** Of the followed pods. */
  readonly version: number;
  /** Those that are not finished. */
  readonly liveCount: number;
  readonly readyUids: ReadonlySet<string>;
}

/** Its replica count is read again when its pods have become more or fewer, and in any case after half a minute. */
const FRESH_MILLISECONDS = 2000;
const STALE_MILLISECONDS = 30_000;
/** An eviction that may have taken effect counts for this long. */
const DOUBT_MILLISECONDS = 10_000;
/** A workload with an unknown replica count is missing a pod for this long, or until it has another one. */
const REMEMBERED_MILLISECONDS = 60_000;

/**
 * One workload with pods that no budget selects: how many of its pods are Ready, on all nodes, and which evictions the watch does not show yet.
 * Shared by the coordinators of a cluster. Its pods are followed from the first judgement that needs them.
 */
export class LimitedOwner {
  readonly #settings: LimitedOwnerSettings;
  readonly #name: string;
  readonly #laneKey: string;
  /** Null: gone. */
  #workload: WorkloadFacts | null;
  #readAt: number;
  #readVersion = 0;
  #isReading = false;
  #followed: FollowedPods | undefined;
  #leave: (() => void) | undefined;
  #counted: CountedPods | undefined;
  /** Its selector does not select its pods. */
  #needsNamespace = false;
  /** By UID of the pod: milliseconds since the epoch until which its eviction counts. */
  readonly #sent = new Map<string, number>();
  /** Called once, at the next change. */
  readonly #waiting = new Set<() => void>();
  #most = { count: 0, until: 0 };
  #usedAt = 0;

  constructor(settings: LimitedOwnerSettings) {
    const { kind, namespace, name, uid } = settings.workload;
    this.#settings = settings;
    this.#laneKey = `owner/${uid}`;
    this.#name = `${kind} ${namespace}/${name}`;
    this.#workload = settings.workload;
    this.#readAt = settings.now();
  }

  /** Milliseconds since the epoch: the last judgement. */
  get usedAt(): number {
    return this.#usedAt;
  }

  /** Whether `pod` may be evicted now under `limit`; `onChange` is called once if it has to wait and something has changed. */
  judge(pod: PodFacts, limit: CountOrPercent, onChange: () => void): LimitJudgement {
    this.#usedAt = this.#settings.now();
    this.#refreshIfDue();
    if (this.#workload === null || isNoLimit(this.#workload, limit)) return { kind: 'goNow' };
    const known = this.#toFacts(pod, this.#workload);
    const judgement = typeof known === 'string' ? this.#toWait(known) : judgeOwnerLimit(pod, limit, known);
    if (judgement.kind === 'goNow') return { kind: 'goNow', laneKey: this.#laneKey, claim: this.#toClaim(pod.uid) };
    this.#waiting.add(onChange);
    return judgement;
  }

  /** Ends the watch of its pods. */
  stop(): void {
    this.#leave?.();
    this.#followed = undefined;
    this.#counted = undefined;
    this.#waiting.clear();
  }

  #toWait(reason: string): LimitJudgement & { readonly kind: 'wait' } {
    const message = `waiting until the pods of ${this.#name} are known, whose number limits this eviction${reason}`;
    return { kind: 'wait', workload: this.#name, message };
  }

  #toClaim(uid: string): OwnerClaim {
    return {
      take: () => this.#sent.set(uid, Infinity),
      settle: (answer) => {
        if (answer === 'accepted') return;
        if (answer === 'unknown' || answer === 'serverError') {
          this.#sent.set(uid, this.#settings.now() + DOUBT_MILLISECONDS);
          return;
        }
        this.#sent.delete(uid);
        this.#notify();
      },
    };
  }

  /** Or why they are unknown, to follow what is waited for. */
  #toFacts(pod: PodFacts, workload: WorkloadFacts): LimitedWorkload | string {
    const followed = this.#follow(workload);
    followed.restartIfTroubled(this.#settings.now());
    const { pods, trouble } = followed;
    if (pods === undefined) return toReason(trouble);
    if (!pods.has(pod.uid) && pod.controller?.uid === workload.uid && !this.#isNamespaceFollowed) {
      this.#widen(workload);
      return '';
    }
    const counted = this.#count(pods, followed.version, workload);
    if (typeof counted === 'string') return counted;
    const { liveCount, readyUids } = counted;
    const wantedCount = workload.replicas ?? this.#toMost(liveCount);
    return { name: this.#name, wantedCount, readyUids, sentUids: this.#listSent(readyUids) };
  }

  #count(pods: ReadonlyMap<string, CountedPod>, version: number, workload: WorkloadFacts): CountedPods | string {
    if (this.#counted?.version === version) return this.#counted;
    const members: CountedPod[] = [];
    for (const pod of pods.values()) {
      const owner = this.#findOwner(pod, workload);
      if (owner === undefined) return toReason(this.#settings.owners.failureOf(pod));
      if (owner === workload.uid) members.push(pod);
    }
    const readyUids = new Set(members.filter(({ isReady }) => isReady).map(({ uid }) => uid));
    this.#counted = { version, liveCount: members.length, readyUids };
    return this.#counted;
  }

  /** UID of the workload; empty: another one, or none. The selector may also select pods of others. Undefined: its ReplicaSet is being read. */
  #findOwner(pod: CountedPod, { uid }: WorkloadFacts): string | undefined {
    if (pod.controller?.uid === uid) return uid;
    const { owners } = this.#settings;
    // The ReplicaSets of a whole namespace are not read: they are many. Those of pods that were judged are known.
    const isRead = !this.#isNamespaceFollowed && isOfReplicaSet(pod);
    const workload = isRead ? owners.find(pod, this.#notify) : (owners.peek(pod) ?? null);
    return workload === null ? '' : workload?.uid;
  }

  #follow(workload: WorkloadFacts): FollowedPods {
    if (this.#followed) return this.#followed;
    this.#followed = this.#settings.follow(this.#toScope(workload));
    this.#leave = this.#followed.join(this.#notify);
    return this.#followed;
  }

  get #isNamespaceFollowed(): boolean {
    return this.#needsNamespace || !hasSelector(this.#settings.workload);
  }

  #toScope(workload: WorkloadFacts): PodScope {
    const { namespace, selector } = workload;
    return selector === undefined || this.#isNamespaceFollowed ? { namespace } : { namespace, selector };
  }

  /** A pod of its own is not among those that its selector selects, as the kind of an operator may have it. */
  #widen(workload: WorkloadFacts): void {
    this.#needsNamespace = true;
    this.#leave?.();
    this.#followed = undefined;
    this.#counted = undefined;
    this.#follow(workload);
  }

  /** A pod that is not Ready any more shows its eviction. */
  #listSent(readyUids: ReadonlySet<string>): readonly string[] {
    const now = this.#settings.now();
    for (const [uid, until] of this.#sent) if (until <= now || !readyUids.has(uid)) this.#sent.delete(uid);
    return [...this.#sent.keys()];
  }

  /** Of a workload whose replica count is unknown: the pods that it had within the last minute. */
  #toMost(liveCount: number): number {
    const now = this.#settings.now();
    if (liveCount >= this.#most.count || now >= this.#most.until) {
      this.#most = { count: liveCount, until: now + REMEMBERED_MILLISECONDS };
    }
    return this.#most.count;
  }

  #refreshIfDue(): void {
    const age = this.#settings.now() - this.#readAt;
    const hasOtherPods = this.#followed !== undefined && this.#followed.membersVersion !== this.#readVersion;
    const isDue = age >= STALE_MILLISECONDS || (hasOtherPods && age >= FRESH_MILLISECONDS);
    if (isDue && !this.#isReading) void this.#refresh();
  }

  /** A read that fails leaves it as it was: the next one is due after a while. */
  async #refresh(): Promise<void> {
    const { cluster, workload, now } = this.#settings;
    const { apiVersion, kind, namespace, name, uid } = workload;
    this.#isReading = true;
    this.#readAt = now();
    this.#readVersion = this.#followed?.membersVersion ?? 0;
    try {
      const owner = { apiVersion, kind, name, uid, controller: true };
      this.#workload = await readOwner(cluster, { namespace, owner });
    } catch {
      this.#readVersion = -1;
    }
    this.#isReading = false;
    this.#notify();
  }

  readonly #notify = (): void => {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const onChange of waiting) onChange();
  };
}

const isOfReplicaSet = ({ controller }: CountedPod): boolean =>
  controller !== undefined && isOfKind(controller, 'apps', 'ReplicaSet');

/** What follows the sentence about a wait. */
const toReason = (failure: string): string => (failure === '' ? '' : `: ${failure}`);

const hasSelector = ({ selector }: WorkloadFacts): boolean => selector !== undefined && !isEmptySelector(selector);
