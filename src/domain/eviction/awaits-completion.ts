import type { PodFacts } from '../cluster/facts.ts';
import { isOfKind, type ObjectKind } from '../cluster/object-kind.ts';
import { isFinished, isTerminating } from '../cluster/pod-state.ts';
import type { DecommissionRequest } from '../request/decommission-request.ts';

/** Whether the drain waits until the containers of the pod have ended: it is a Job's, and the request lets Jobs finish. Pure. */
export const awaitsCompletion = (
  pod: PodFacts,
  workload: ObjectKind | undefined,
  { jobs }: Pick<DecommissionRequest, 'jobs'>,
): boolean =>
  jobs === 'waitForCompletion' &&
  workload !== undefined &&
  isOfKind(workload, 'batch', 'Job') &&
  !isFinished(pod) &&
  !isTerminating(pod);

/** The same, and it is not deleted at the limit of the drain either: nothing of its work is lost. Pure. */
export const endsUndisturbed = (
  pod: PodFacts,
  workload: ObjectKind | undefined,
  request: Pick<DecommissionRequest, 'jobs' | 'onTimeout'>,
): boolean => request.onTimeout !== 'delete' && awaitsCompletion(pod, workload, request);
