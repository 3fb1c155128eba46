import { toPodName } from '../cluster/pod-state.ts';
import type { EvictionTarget } from '../run/context.ts';

/** Pods of a node that are evicted side by side, and those that wait until they have left. */
export interface PodWave {
  readonly evicted: readonly EvictionTarget[];
  /** System-critical. */
  readonly waiting: readonly EvictionTarget[];
  /** UIDs of the ordinary pods in `evicted`. */
  readonly ordinary: readonly string[];
  /** Ordinary pods beyond the limit: they are evicted in a later wave, also before `waiting`. */
  readonly laterCount: number;
}

/**
 * The next wave of `targets`, which is what was just read from the node without the pods that an operator skips. System-critical pods wait as long
 * as an ordinary one is left: that it is gone counts, not how its eviction ended. So an ordinary pod that appears late, or whose eviction was
 * recalled, still comes first; one that is skipped, kept, or stays with its DaemonSet is not waited for. Each name once: two open activities with
 * the same id would fail the workflow task forever. `limit`: pods at once. Pure.
 */
export const planWave = (targets: readonly EvictionTarget[], limit: number): PodWave => {
  const pods = [...new Map(targets.map((pod) => [toPodName(pod), pod])).values()];
  const ordinary = pods.filter(isOrdinary);
  const critical = pods.filter((pod) => !isOrdinary(pod));
  if (ordinary.length === 0) return { evicted: critical.slice(0, limit), waiting: [], ordinary: [], laterCount: 0 };
  const evicted = [...ordinary, ...critical.filter(({ systemCritical }) => systemCritical === 'terminating')];
  const now = ordinary.slice(0, limit);
  return {
    evicted: evicted.slice(0, limit),
    waiting: critical.filter(({ systemCritical }) => systemCritical === 'running').slice(0, limit),
    ordinary: now.map(({ uid }) => uid),
    laterCount: ordinary.length - now.length,
  };
};

/** Not system-critical. */
export const isOrdinary = ({ systemCritical }: EvictionTarget): boolean => systemCritical === undefined;

/** Why a system-critical pod is not evicted yet. `leftCount`: ordinary pods that are still on the node. */
export const describeWave = (leftCount: number): string =>
  `system-critical: evicted after the other pods (${leftCount} left)`;
