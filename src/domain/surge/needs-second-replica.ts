import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { PodFacts, WorkloadFacts } from '../cluster/facts.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import { isFinished, isTerminating } from '../cluster/pod-state.ts';
import { toSurgeLabel } from './surge-label.ts';

/**
 * Whether the request wants a second replica of the pod's workload before the pod is removed: it is the only replica of a Deployment, or this
 * task has already started the second one. Whether that is possible is decided by `findSurgeObstacles`. Pure.
 */
export const needsSecondReplica = (
  pod: PodFacts,
  workload: WorkloadFacts | undefined,
  { singleReplica, taskId }: Pick<DecommissionRequest, 'singleReplica' | 'taskId'>,
): boolean => {
  if (singleReplica !== 'surge' || workload === undefined || isFinished(pod) || isTerminating(pod)) return false;
  if (!isOfKind(workload, 'apps', 'Deployment')) return false;
  return workload.replicas === 1 || workload.surgeLabel === toSurgeLabel(taskId, workload.uid);
};
