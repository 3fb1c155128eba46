import { EARLIER_DELETION_COST_ANNOTATION } from '../cluster/annotations.ts';
import type { DeploymentFacts, EndpointFacts, PodFacts } from '../cluster/facts.ts';
import { isFinished, isTerminating, toPodName } from '../cluster/pod-state.ts';
import { withoutFullStop } from '../text/join-sentences.ts';
import { findSurgeHolder, toDeploymentName } from './surge-label.ts';

/** How many replicas the Deployment has before and after the surge, and during it. */
export const SINGLE = 1;
export const SURGED = 2;

export interface SurgeState {
  /** The pod to replace, by UID; undefined when it is gone. */
  readonly pod: PodFacts | undefined;
  /** Undefined when it was deleted. */
  readonly deployment: DeploymentFacts | undefined;
  /** That the Deployment selects, read after the Deployment. */
  readonly pods: readonly PodFacts[];
  /** Of the EndpointSlices of the namespace. */
  readonly endpoints: readonly EndpointFacts[];
  readonly taskId: string;
}

export type SurgeStep =
  /** Nothing of the surge is left, or none is needed. */
  | { readonly kind: 'over' }
  /** To two replicas. */
  | { readonly kind: 'scaleUp' }
  /** While the second replica starts, the pod is the one to keep, whoever scales down. */
  | { readonly kind: 'keepOld' }
  | { readonly kind: 'wait'; readonly message: string }
  /** `second` is available: if the budgets allow it, the pod is removed by scaling down. */
  | { readonly kind: 'handOver'; readonly second: PodFacts }
  /** The pod is gone or terminating: back to one replica. */
  | { readonly kind: 'scaleDown' }
  /** The replica count is back: the label goes too. */
  | { readonly kind: 'removeLabel' }
  /** Another client changed the Deployment, or the controller removed the new pod. `message`: a sentence. */
  | { readonly kind: 'interrupted'; readonly message: string };

/** What to do next so that the only pod of a Deployment is replaced before it is removed. From facts alone: any attempt may continue. */
export const planSurge = (state: SurgeState): SurgeStep => {
  const { deployment, taskId } = state;
  const pod = state.pod !== undefined && !isTerminating(state.pod) ? state.pod : undefined;
  if (deployment === undefined) return { kind: 'over' };
  if (findSurgeHolder(deployment, taskId) === 'ours') return continueSurge(pod, deployment, state);
  return { kind: pod !== undefined && deployment.replicas === SINGLE ? 'scaleUp' : 'over' };
};

const continueSurge = (pod: PodFacts | undefined, deployment: DeploymentFacts, state: SurgeState): SurgeStep => {
  if (deployment.replicas === SINGLE)
    return pod === undefined ? { kind: 'removeLabel' } : awaitRemoval(pod, deployment);
  if (deployment.replicas !== SURGED) return { kind: 'interrupted', message: toForeignScale(deployment) };
  if (pod === undefined) return { kind: 'scaleDown' };
  return EARLIER_DELETION_COST_ANNOTATION in pod.annotations
    ? awaitSecond(pod, deployment, state)
    : { kind: 'keepOld' };
};

const toForeignScale = (deployment: DeploymentFacts): string =>
  `another client set the replica count of ${toDeploymentName(deployment)} to ${deployment.replicas} while its second replica was started. ` +
  'Find out what manages it (an autoscaler, GitOps), then start again, or set singleReplica: evict.';

const awaitRemoval = (pod: PodFacts, deployment: DeploymentFacts): SurgeStep => {
  const { generation, observedGeneration, podCount } = deployment;
  if (observedGeneration < generation || podCount > SINGLE) {
    return { kind: 'wait', message: `waits until the ReplicaSet controller removes pod ${toPodName(pod)}` };
  }
  return {
    kind: 'interrupted',
    message:
      `the ReplicaSet controller kept pod ${toPodName(pod)} and removed the second replica of ${toDeploymentName(deployment)}: ` +
      'that one was not Ready any more, or the controller ignores pod-deletion-cost. Start again, or set singleReplica: evict.',
  };
};

const awaitSecond = (pod: PodFacts, deployment: DeploymentFacts, { pods, endpoints }: SurgeState): SurgeStep => {
  const others = pods.filter(
    (each) =>
      each.uid !== pod.uid &&
      each.controller?.uid === pod.controller?.uid &&
      each.nodeName !== pod.nodeName &&
      !isTerminating(each) &&
      !isFinished(each),
  );
  const [second] = [...others].sort((a, b) => Number(b.ready) - Number(a.ready));
  const why = findWait(pod, second, deployment) ?? (second && findMissingEndpoint(pod, second, endpoints));
  if (why !== undefined || second === undefined) {
    const message = `waits for the second replica of ${toDeploymentName(deployment)} to become Ready`;
    return { kind: 'wait', message: `${message}: ${why ?? 'it does not exist yet'}` };
  }
  return { kind: 'handOver', second };
};

/** Why the second replica does not count yet; undefined when it is available. */
const findWait = (pod: PodFacts, second: PodFacts | undefined, deployment: DeploymentFacts): string | undefined => {
  const { replicaFailure, availableCount } = deployment;
  if (second === undefined) return replicaFailure === undefined ? undefined : withoutFullStop(replicaFailure);
  const name = toPodName(second);
  if (second.nodeName === '') {
    const { unschedulableMessage } = second;
    return `pod ${name} is Pending${unschedulableMessage === undefined ? '' : `, ${withoutFullStop(unschedulableMessage)}`}`;
  }
  const place = `pod ${name} on node ${second.nodeName}`;
  if (!second.ready) return `${place} is ${second.waitingReason === '' ? 'not Ready' : second.waitingReason}`;
  // The status was read before the pods: it counts both only when the second one is available too.
  return availableCount < (pod.ready ? SURGED : SINGLE) ? `${place} is Ready, but not available yet` : undefined;
};

/** Every Service that sends requests to the old pod must also send them to the new one. */
const findMissingEndpoint = (
  pod: PodFacts,
  second: PodFacts,
  endpoints: readonly EndpointFacts[],
): string | undefined => {
  const keysOf = ({ uid }: PodFacts): readonly string[] =>
    endpoints.filter(({ podUid, ready }) => podUid === uid && ready).map(({ serviceKey }) => serviceKey);
  const present = keysOf(second);
  const missing = keysOf(pod).find((key) => !present.includes(key));
  return missing === undefined
    ? undefined
    : `pod ${toPodName(second)} is not in the EndpointSlice of Service ${missing}`;
};
