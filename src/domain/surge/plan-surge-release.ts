import type { DeploymentFacts, PodFacts } from '../cluster/facts.ts';
import {
  DELETION_COST_ANNOTATION,
  EARLIER_DELETION_COST_ANNOTATION,
  HIGHEST_DELETION_COST,
  LOWEST_DELETION_COST,
  SURGE_LABEL,
  type AnnotationChange,
} from '../cluster/annotations.ts';
import { SINGLE, SURGED } from './plan-surge.ts';

/** One write to a Deployment; what is absent stays unchanged. */
export interface DeploymentChange {
  readonly replicas?: number;
  /** `null` removes the key. */
  readonly labels: Readonly<Record<string, string | null>>;
}

export type SurgeReleaseStep =
  /** Back to one replica; the label stays until the controller has removed a pod. */
  | { readonly kind: 'scaleDown'; readonly change: DeploymentChange }
  | { readonly kind: 'wait' }
  /** `kept`: why the replica count stays, as a sentence without a full stop; absent when it is back. */
  | { readonly kind: 'finish'; readonly change: DeploymentChange; readonly kept?: string };

/**
 * How a task ends its surge of a Deployment that has its label: back to one replica only if the count is still what the task wrote, and until
 * one pod is left; else only the label is removed. Pure.
 */
export const planSurgeRelease = (
  deployment: Pick<DeploymentFacts, 'replicas' | 'podCount' | 'generation' | 'observedGeneration'>,
): SurgeReleaseStep => {
  const { replicas, podCount, generation, observedGeneration } = deployment;
  const change = { labels: { [SURGE_LABEL]: null } };
  if (replicas === SURGED) return { kind: 'scaleDown', change: { replicas: SINGLE, labels: {} } };
  if (replicas !== SINGLE) {
    const kept = `another client set the replica count to ${replicas}, which is kept; it was ${SINGLE} before this task`;
    return { kind: 'finish', change, kept };
  }
  return observedGeneration < generation || podCount > SINGLE ? { kind: 'wait' } : { kind: 'finish', change };
};

/**
 * `highest`: of two Ready pods the ReplicaSet controller keeps this one, whoever scales down; `lowest`: it removes it. With the record of its
 * earlier cost. Undefined: the pod has it. Pure.
 */
export const planDeletionCost = (
  { annotations }: Pick<PodFacts, 'annotations'>,
  cost: 'lowest' | 'highest',
): AnnotationChange | undefined => {
  const wanted = cost === 'lowest' ? LOWEST_DELETION_COST : HIGHEST_DELETION_COST;
  const isRecorded = EARLIER_DELETION_COST_ANNOTATION in annotations;
  if (isRecorded && annotations[DELETION_COST_ANNOTATION] === wanted) return undefined;
  const earlier = annotations[DELETION_COST_ANNOTATION] ?? '';
  return {
    [DELETION_COST_ANNOTATION]: wanted,
    ...(isRecorded ? {} : { [EARLIER_DELETION_COST_ANNOTATION]: earlier }),
  };
};

/** Restores the earlier cost; one that another client has changed since is kept. Undefined: there is nothing of ours. Pure. */
export const planDeletionCostRelease = ({
  annotations,
}: Pick<PodFacts, 'annotations'>): AnnotationChange | undefined => {
  const earlier = annotations[EARLIER_DELETION_COST_ANNOTATION];
  if (earlier === undefined) return undefined;
  const isOurs = [LOWEST_DELETION_COST, HIGHEST_DELETION_COST].includes(annotations[DELETION_COST_ANNOTATION] ?? '');
  return {
    [EARLIER_DELETION_COST_ANNOTATION]: null,
    ...(isOurs ? { [DELETION_COST_ANNOTATION]: earlier === '' ? null : earlier } : {}),
  };
};
