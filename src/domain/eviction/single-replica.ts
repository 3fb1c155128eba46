import type { DecommissionRequest } from '../request/decommission-request.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import type { PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { isFinished, toPodName } from '../cluster/pod-state.ts';
import { toGrantAdvice, toWorkloadLabel } from '../cluster/workload-index.ts';

export interface SingleReplicaVerdict {
  readonly severity: 'refusal' | 'warning';
  /** E.g. `Deployment/web`. */
  readonly workload: string;
  /** What happens and why, without the pod's name. */
  readonly message: string;
  /** The request setting that allows the outage; only for a refusal. */
  readonly override?: string;
}

/**
 * Whether evicting the pod removes the only replica of its workload; undefined when it does not. `spec.replicas` counts, not the number
 * of running pods. An owner that the worker is not allowed to read counts as having one replica. Bare and finished pods and kinds without
 * a replica count (Job, DaemonSet) are not judged. Every policy except `evict` refuses.
 */
export const judgeSingleReplica = (
  pod: PodFacts,
  workload: WorkloadFacts | undefined,
  policy: DecommissionRequest['singleReplica'],
): SingleReplicaVerdict | undefined => {
  if (workload === undefined || isFinished(pod)) return undefined;
  if (workload.replicas !== 1 && workload.unreadable !== true) return undefined;
  const label = toWorkloadLabel(workload);
  const message =
    workload.unreadable === true
      ? `the worker is not allowed to read the replica count of ${label}, so this may be its only pod: ${toGrantAdvice(workload)}`
      : `${label} has a replica count of 1, so evicting this pod causes an outage until its replacement is ready`;
  return policy === 'evict'
    ? { severity: 'warning', workload: label, message }
    : { severity: 'refusal', workload: label, message, override: toOverride(workload, policy) };
};

/** A second replica first is an alternative for Deployments only, and not where it is what is wanted already. */
const toOverride = (workload: WorkloadFacts, policy: DecommissionRequest['singleReplica']): string =>
  policy === 'block' && isOfKind(workload, 'apps', 'Deployment')
    ? 'singleReplica: surge (a second replica first) or singleReplica: evict'
    : 'singleReplica: evict';

/** Why this pod must not be evicted, with its name and the setting that allows the outage; undefined when it may be evicted. */
export const refuseSingleReplica = (
  pod: PodFacts,
  workload: WorkloadFacts | undefined,
  policy: DecommissionRequest['singleReplica'],
): string | undefined => {
  const verdict = judgeSingleReplica(pod, workload, policy);
  return verdict?.override === undefined
    ? undefined
    : `${toPodName(pod)}: ${verdict.message} (to proceed anyway, set ${verdict.override})`;
};
