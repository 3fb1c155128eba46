import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { PodFacts } from '../cluster/facts.ts';
import { isOfKind } from '../cluster/object-kind.ts';
import { toleratesTaint, UNSCHEDULABLE_TAINT } from '../cluster/node-selector.ts';
import { isFinished, toPodName } from '../cluster/pod-state.ts';
import type { PreflightFacts } from './facts.ts';
import { awaitsCompletion, endsUndisturbed } from '../eviction/awaits-completion.ts';
import { judgeSingleReplica } from '../eviction/single-replica.ts';
import { toWorkloadLabel } from '../cluster/workload-index.ts';
import type { AssessedPod } from './assess-nodes.ts';
import type { Assessment } from './assessment.ts';
import type { Observation } from './findings.ts';

/** Annotations, with their value, by which the owner of a pod opts out of evictions. */
const OPT_OUT_ANNOTATIONS: Readonly<Record<string, string>> = {
  'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
  'karpenter.sh/do-not-disrupt': 'true',
};

/** The consequences of evicting each pod: lost data, an outage, an opt-out that is overridden. */
export const checkPods = ({ request }: PreflightFacts, { nodes }: Assessment): readonly Observation[] =>
  nodes.flatMap(({ pods }) => pods).flatMap((assessed) => checkPod(assessed, request));

const checkPod = (assessed: AssessedPod, request: DecommissionRequest): readonly Observation[] => {
  const { pod, classification } = assessed;
  if (classification.disposition === 'stay' || classification.disposition === 'wait') return [];
  if (isFinished(pod))
    return [about(pod, 'FinishedPod', `pod ${toPodName(pod)} has finished; its logs are deleted with it`)];
  const objections = classification.objections.map(({ code, message, consented }): Observation => ({
    ...about(pod, code, `pod ${toPodName(pod)}: ${message}`),
    ...(consented ? { asSeverity: 'warning' as const } : {}),
  }));
  if (classification.isDaemonSetPod) return objections;
  return [
    ...objections,
    ...checkReplicas(assessed, request),
    ...checkOptOut(assessed, request),
    ...checkReturn(assessed, request),
  ];
};

const about = (pod: PodFacts, code: Observation['code'], message: string): Observation => ({
  code,
  subject: toPodName(pod),
  nodeName: pod.nodeName,
  message,
});

/** Under `surge`, see `checkSurges`. */
const checkReplicas = ({ pod, workload }: AssessedPod, request: DecommissionRequest): readonly Observation[] => {
  if (request.singleReplica === 'surge') return [];
  const verdict = judgeSingleReplica(pod, workload, request.singleReplica);
  if (verdict === undefined) return [];
  const observation = about(pod, 'SingleReplica', `pod ${toPodName(pod)}: ${verdict.message}`);
  if (verdict.severity === 'warning') return [{ ...observation, asSeverity: 'warning' }];
  return [verdict.override === undefined ? observation : { ...observation, override: verdict.override }];
};

/** A pod that ends by itself is not disrupted. */
const checkOptOut = ({ pod, workload }: AssessedPod, request: DecommissionRequest): readonly Observation[] => {
  if (endsUndisturbed(pod, workload, request)) return [];
  const optOut = Object.entries(OPT_OUT_ANNOTATIONS).find(([key, value]) => pod.annotations[key] === value);
  if (optOut === undefined) return [];
  const message = `pod ${toPodName(pod)} is marked as not to be evicted (${optOut[0]}: "${optOut[1]}"): ask its owner, then remove the annotation`;
  return [about(pod, 'NotSafeToEvict', message)];
};

const checkReturn = ({ pod, workload }: AssessedPod, request: DecommissionRequest): readonly Observation[] => {
  if (workload === undefined) return [];
  const label = toWorkloadLabel(workload);
  const observations: Observation[] = [];
  if (isOfKind(workload, 'batch', 'Job'))
    observations.push(checkJob(pod, label, awaitsCompletion(pod, workload, request)));
  if (toleratesTaint(pod.tolerations, UNSCHEDULABLE_TAINT)) {
    observations.push(
      about(
        pod,
        'ToleratesCordon',
        `pod ${toPodName(pod)} of ${label} tolerates the cordon, so its replacement may run on the same node`,
      ),
    );
  }
  return observations;
};

const checkJob = (pod: PodFacts, label: string, isAwaited: boolean): Observation =>
  isAwaited
    ? about(pod, 'JobAwaited', `pod ${toPodName(pod)}: the drain waits until its work for ${label} has ended`)
    : about(pod, 'JobStartsOver', `pod ${toPodName(pod)}: ${label} restarts its work in a new pod`);
