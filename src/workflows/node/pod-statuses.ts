import type { EvictionTarget } from '../../domain/run/context.ts';
import type { PodReport } from '../../domain/run/report.ts';
import type { PodStatus } from '../../domain/run/status.ts';
import { definedFields } from '../runtime/defined-fields.ts';

/** The status of each pod of a node: first those whose eviction runs. Both maps and `workloads` are by UID of the pod. Pure. */
export const toPodStatuses = (
  evicting: ReadonlyMap<string, EvictionTarget>,
  ended: ReadonlyMap<string, PodReport>,
  workloads: ReadonlyMap<string, string>,
): readonly PodStatus[] => [
  ...[...evicting.values()].map(({ namespace, name, uid, workload }) => ({
    namespace,
    name,
    uid,
    workload,
    state: 'Evicting' as const,
  })),
  ...[...ended.values()]
    .filter(({ uid }) => !evicting.has(uid))
    .map(({ namespace, name, uid, outcome, evictedAt, goneAt }) => ({
      namespace,
      name,
      uid,
      state: outcome,
      ...definedFields({ workload: workloads.get(uid), evictedAt, goneAt }),
    })),
];
