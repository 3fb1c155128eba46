import type { PodRef } from '../../domain/cluster/facts.ts';
import { describeWave, type PodWave } from '../../domain/eviction/plan-wave.ts';
import type { EvictionTarget } from '../../domain/run/context.ts';
import type { PodReport } from '../../domain/run/report.ts';
import type { PodStatus } from '../../domain/run/status.ts';
import type { SteeredPod } from '../../domain/steering/judge-pod-steering.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import type { NodeSteering } from './node-steering.ts';

const NO_WAVE: Pick<PodWave, 'ordinary' | 'laterCount'> = { ordinary: [], laterCount: 0 };

/** The pods that leave one node, by UID: those whose eviction runs, those that wait for these, and those whose eviction has ended. */
export class LeavingPods {
  readonly ended: Map<string, PodReport>;
  readonly #evicting = new Map<string, EvictionTarget>();
  readonly #waiting = new Map<string, EvictionTarget>();
  readonly #workloads: Map<string, string>;
  readonly #steering: NodeSteering;
  #wave = NO_WAVE;

  constructor(
    ended: readonly PodReport[],
    workloads: Iterable<readonly [uid: string, workload: string]>,
    steering: NodeSteering,
  ) {
    this.ended = new Map(ended.map((pod) => [pod.uid, pod]));
    this.#workloads = new Map(workloads);
    this.#steering = steering;
  }

  get isEvicting(): boolean {
    return this.#evicting.size > 0;
  }

  /** It has waited, or its eviction has ended at least once. */
  isKnown(uid: string): boolean {
    return this.ended.has(uid) || this.#waiting.has(uid);
  }

  get workloads(): readonly (readonly [uid: string, workload: string])[] {
    return [...this.#workloads];
  }

  /** What was just read from the node. A pod that waited and is not listed has left by itself. */
  observe(listed: readonly EvictionTarget[]): void {
    const uids = new Set(listed.map(({ uid }) => uid));
    for (const pod of this.#waiting.values()) if (!uids.has(pod.uid)) this.end(pod, { outcome: 'Gone' });
  }

  /** These wait while the `ordinary` pods of the wave leave. */
  wait(wave: PodWave): void {
    this.#wave = wave;
    this.#waiting.clear();
    for (const pod of wave.waiting) {
      this.#waiting.set(pod.uid, pod);
      this.#workloads.set(pod.uid, pod.workload);
    }
  }

  start(pod: EvictionTarget): void {
    this.#waiting.delete(pod.uid);
    this.#evicting.set(pod.uid, pod);
    this.#workloads.set(pod.uid, pod.workload);
  }

  end(pod: EvictionTarget, end: Omit<PodReport, 'namespace' | 'name' | 'uid'>): void {
    this.#evicting.delete(pod.uid);
    this.#waiting.delete(pod.uid);
    const earlier = this.ended.get(pod.uid);
    // Cancelled by a pause after it was accepted, then gone: this run's eviction removed it.
    const outcome = end.outcome === 'Gone' && earlier?.evictedAt !== undefined ? 'Evicted' : end.outcome;
    this.ended.set(pod.uid, { namespace: pod.namespace, name: pod.name, uid: pod.uid, ...earlier, ...end, outcome });
  }

  /** Ordinary pods of the wave that are still on the node, as far as it is known. */
  get leftCount(): number {
    const { ordinary, laterCount } = this.#wave;
    const left = ordinary.filter((uid) => !this.#hasLeft(uid) && this.#steering.skippedBy(uid) === undefined);
    return left.length + laterCount;
  }

  /** No eviction of an ordinary pod of the wave runs. */
  get isWaveOver(): boolean {
    return !this.#wave.ordinary.some((uid) => this.#evicting.has(uid));
  }

  toReports(): readonly PodReport[] {
    const waits = describeWave(this.leftCount);
    const waiting = [...this.#waiting.values()].map(({ namespace, name, uid }) => ({
      ...{ namespace, name, uid, ...this.ended.get(uid) },
      ...{ outcome: 'NotEvicted' as const, message: waits },
    }));
    return [...[...this.ended.values()].filter(({ uid }) => !this.#waiting.has(uid)), ...waiting];
  }

  /** First those whose eviction runs. */
  toStatuses(): readonly PodStatus[] {
    const waits = describeWave(this.leftCount);
    const toStatus = ({ namespace, name, uid, workload }: EvictionTarget) => ({ namespace, name, uid, workload });
    const ended = [...this.ended.values()].filter(({ uid }) => !this.#evicting.has(uid) && !this.#waiting.has(uid));
    return [
      ...[...this.#evicting.values()].map((pod) => ({ ...toStatus(pod), state: 'Evicting' as const })),
      ...[...this.#waiting.values()].map((pod) => ({ ...toStatus(pod), state: 'Queued' as const, waits })),
      ...ended.map(({ namespace, name, uid, outcome, evictedAt, goneAt }) => ({
        ...{ namespace, name, uid, state: outcome },
        ...definedFields({ workload: this.#workloads.get(uid), evictedAt, goneAt }),
      })),
    ];
  }

  toSteered(): readonly SteeredPod[] {
    const all = new Map<string, PodRef>(this.ended);
    for (const pod of [...this.#evicting.values(), ...this.#waiting.values()]) all.set(pod.uid, pod);
    return [...all.values()].map(({ namespace, name, uid }) => {
      const state = this.#steering.skippedBy(uid) ? 'skipped' : 'waiting';
      return { namespace, name, uid, state: this.#hasLeft(uid) ? 'gone' : state };
    });
  }

  #hasLeft(uid: string): boolean {
    const { outcome } = this.ended.get(uid) ?? {};
    return !this.#evicting.has(uid) && !this.#waiting.has(uid) && (outcome === 'Evicted' || outcome === 'Gone');
  }
}
