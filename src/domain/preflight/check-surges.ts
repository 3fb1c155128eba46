import { isOfKind } from '../cluster/object-kind.ts';
import { toPodName } from '../cluster/pod-state.ts';
import { toGrantAdvice, toWorkloadLabel } from '../cluster/workload-index.ts';
import type { WorkloadFacts } from '../cluster/facts.ts';
import { judgeSingleReplica } from '../eviction/single-replica.ts';
import { findSurgeObstacles } from '../surge/find-surge-obstacles.ts';
import { needsSecondReplica } from '../surge/needs-second-replica.ts';
import { findLeaving, type AssessedPod } from './assess-nodes.ts';
import type { Assessment } from './assessment.ts';
import type { PreflightFacts } from './facts.ts';
import type { Observation } from './findings.ts';

/** Under `singleReplica: surge`: which single replicas get a second one first, and which cannot. */
export const checkSurges = (facts: PreflightFacts, { nodes }: Assessment): readonly Observation[] => {
  if (facts.request.singleReplica !== 'surge') return [];
  const observations = findLeaving(nodes).flatMap((assessed) => checkSurge(assessed, facts));
  const isUnknown = facts.surge?.autoscalers === undefined && observations.some(({ code }) => code === 'SingleReplica');
  return isUnknown ? [...observations, UNKNOWN_AUTOSCALERS] : observations;
};

/** Only the verb `plan` gets this far without the permission: a run refuses. */
const UNKNOWN_AUTOSCALERS: Observation = {
  code: 'NotChecked',
  subject: 'HorizontalPodAutoscalers',
  message:
    'not checked: whether a HorizontalPodAutoscaler would remove a second replica: the permission to list them is missing',
};

const checkSurge = ({ pod, workload }: AssessedPod, facts: PreflightFacts): readonly Observation[] => {
  const { request, claims, surge } = facts;
  const about = { subject: toPodName(pod), nodeName: pod.nodeName };
  const label = toWorkloadLabel(workload);
  const refuse = (why: string): readonly Observation[] => [
    {
      ...about,
      code: 'SurgeNotPossible',
      message: `pod ${about.subject}: ${label} cannot get a second replica before this pod is removed: ${why}`,
    },
  ];
  if (workload === undefined) return [];
  if (!needsSecondReplica(pod, workload, request)) {
    return judgeSingleReplica(pod, workload, request.singleReplica) === undefined ? [] : refuse(toReason(workload));
  }
  const deployment = surge?.deployments[workload.uid];
  const { taskId } = request;
  const obstacles = findSurgeObstacles({ pod, deployment, autoscalers: surge?.autoscalers ?? [], claims, taskId });
  if (obstacles.length > 0) return refuse(obstacles.join('; '));
  const message = `pod ${about.subject}: ${label} has a replica count of 1: this pod is removed once a second replica is available elsewhere`;
  return [{ ...about, code: 'SingleReplica', message, asSeverity: 'info' }];
};

const toReason = (workload: WorkloadFacts): string => {
  if (workload.unreadable === true) return `the worker is not allowed to read it: ${toGrantAdvice(workload)}`;
  if (workload.kind === 'StatefulSet')
    return 'each pod of a StatefulSet has its own name, which two pods cannot have at the same time';
  return isOfKind(workload, 'apps', 'ReplicaSet')
    ? 'it is a ReplicaSet without a readable Deployment'
    : 'that is only possible for Deployments';
};
