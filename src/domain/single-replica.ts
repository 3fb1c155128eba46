import type { DecommissionRequest } from './decommission-request.ts';
import type { PodFacts, WorkloadFacts } from './facts.ts';
import { isFinished } from './pod-state.ts';
import { toWorkloadLabel } from './workload-index.ts';

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
 * running one. Bare and finished pods and kinds without a replica count (Job, DaemonSet) are not judged. Everything but `evict` refuses.
 */
export const judgeSingleReplica = (
  pod: PodFacts,
  workload: WorkloadFacts | undefined,
  policy: DecommissionRequest['singleReplica'],
): SingleReplicaVerdict | undefined => {
  if (workload?.replicas !== 1 || isFinished(pod)) return undefined;
  const label = toWorkloadLabel(workload);
  const message = `${label} wants 1 replica, so evicting this pod stops it until the replacement is ready`;
  return policy === 'evict'
    ? { severity: 'warning', workload: label, message }
    : { severity: 'refusal', workload: label, message, override: 'singleReplica: evict' };
};
