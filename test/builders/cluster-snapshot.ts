import type { ClusterSnapshot } from '../../src/ports/cluster.ts';
import { schedulerFacts } from './observed-scheduler-facts.ts';

/** What `readSnapshot` returns of a cluster with these objects; `forbiddenKinds` may not be listed. */
export const clusterSnapshot = (
  { nodes, pods, claims, volumes, attachments }: Omit<ClusterSnapshot, 'scheduling' | 'forbiddenKinds'>,
  forbiddenKinds: readonly string[],
): ClusterSnapshot => ({
  nodes,
  pods,
  claims,
  volumes,
  attachments,
  scheduling: schedulerFacts(nodes, pods, forbiddenKinds),
  forbiddenKinds,
});
