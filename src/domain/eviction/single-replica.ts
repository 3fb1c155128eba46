import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { isFinished, toPodName } from '../cluster/pod-state.ts';
import { toGrantAdvice, toWorkloadLabel } from '../cluster/workload-index.ts';

export interface SingleReplicaVerdict {
  readonly severity: 'refusal' | 'warning';
  /** E.g. `Deployment/web`. */
  readonly workload: string;
  /** What happens and why, without the pod's name. */
  readonly message: string;
  /** The request setting that accepts the outage; only for a refusal. */
  readonly override?: string;
}

/**
 * Whether evicting the pod takes away the only copy its workload wants; undefined when it does not. The wanted number counts, not the
 * running one. An owner that may not be read may want one only, so it counts as one. Bare and finished pods and kinds without a replica
 * count (Job, DaemonSet) are not judged. Everything but `evict` refuses.
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
      ? `how many replicas ${label} wants may not be read, so this may be its only pod: ${toGrantAdvice(workload)}`
      : `${label} wants 1 replica, so evicting this pod stops it until the replacement is ready`;
  return policy === 'evict'
    ? { severity: 'warning', workload: label, message }
    : { severity: 'refusal', workload: label, message, override: 'singleReplica: evict' };
};

/** Why this pod must stay, with its name and the setting that accepts the outage; undefined when it may go. */
export const refuseSingleReplica = (
  pod: PodFacts,
  workload: WorkloadFacts | undefined,
  policy: DecommissionRequest['singleReplica'],
): string | undefined => {
  const verdict = judgeSingleReplica(pod, workload, policy);
  return verdict?.override === undefined
    ? undefined
    : `${toPodName(pod)}: ${verdict.message} (needs ${verdict.override})`;
};
