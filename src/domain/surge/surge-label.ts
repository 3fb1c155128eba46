import type { DeploymentFacts, WorkloadFacts } from '../cluster/facts.ts';
import { SURGE_LABEL } from '../cluster/annotations.ts';
import { toStableHash } from '../text/stable-hash.ts';

/**
 * Value of `SURGE_LABEL` on the Deployment with this UID while the task has given it a second replica. With the UID, a copy of the
 * Deployment's manifest does not count as ours. Pure.
 */
export const toSurgeLabel = (taskId: string, deploymentUid: string): string =>
  toStableHash(JSON.stringify([taskId, deploymentUid]));

/** Which task has given the Deployment a second replica. */
export const findSurgeHolder = (
  { labels, uid }: Pick<DeploymentFacts, 'labels' | 'uid'>,
  taskId: string,
): 'none' | 'ours' | 'other' => {
  const label = labels[SURGE_LABEL];
  if (label === undefined) return 'none';
  return label === toSurgeLabel(taskId, uid) ? 'ours' : 'other';
};

/** `Deployment shop/web`, for messages. */
export const toDeploymentName = ({ namespace, name }: Pick<WorkloadFacts, 'namespace' | 'name'>): string =>
  `Deployment ${namespace}/${name}`;
