import { planDecommission } from '../domain/plan/plan-decommission.ts';
import type { DecommissionRequest } from '../domain/request/decommission-request.ts';
import { LOCK_ANNOTATION } from '../domain/cluster/annotations.ts';
import type { DecommissionPlan } from '../domain/plan/decommission-plan.ts';
import type { NodeLockState } from '../domain/preflight/facts.ts';
import { judgeNodeLock } from '../domain/node/lock.ts';
import { readPreflightFacts } from '../activities/plan/read-preflight-facts.ts';
import { toLockState } from '../activities/node/node-lock.ts';
import { findCluster } from '../activities/support/open-verified-cluster.ts';
import type { Configuration } from '../config/configuration.ts';
import { createClusters } from '../worker/create-clusters.ts';

/** What read rights cannot tell. */
const NOT_CHECKED = [
  'the rights to write (`doctor` asks for them)',
  'a server-side dry run of the Node deletion, which asks the webhooks too',
  'whether our own worker runs on one of the nodes',
] as const;
const HOST_NOT_CHECKED = 'the hosts: whether they are reached, and are those of the nodes (`doctor` looks at them)';

export interface PlanQuestion {
  readonly configuration: Configuration;
  readonly request: DecommissionRequest;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The plan as a person with read rights can make it, without Temporal. A lock is listed, but its holder is not asked whether it lives.
 * Throws ClusterFailure, and DecommissionFailure `InvalidInput` for a cluster that the configuration does not have.
 */
export const readPlan = async ({ configuration, request, now }: PlanQuestion): Promise<DecommissionPlan> => {
  // Only the one that is asked for: another cluster's broken kubeconfig is no reason to refuse this plan.
  const named = Object.entries(configuration.clusters).filter(([name]) => name === request.cluster);
  const clusters = named.length > 0 ? Object.fromEntries(named) : configuration.clusters;
  const cluster = findCluster(createClusters({ ...configuration, clusters }), request.cluster);
  const identity = await cluster.readIdentity();
  const nodes = await cluster.readNodes();
  const locks: Record<string, NodeLockState> = {};
  for (const { name, annotations } of nodes.filter(({ name }) => request.nodeNames.includes(name))) {
    locks[name] = await toLockState(judgeNodeLock(annotations[LOCK_ANNOTATION], undefined));
  }
  const facts = await readPreflightFacts(cluster, request, identity, {
    locks,
    missingRights: [],
    nodeDeletionDryRuns: {},
    ownPods: [],
    hosts: {},
    notChecked: request.hostCleanup === 'skip' ? NOT_CHECKED : [...NOT_CHECKED, HOST_NOT_CHECKED],
  });
  return planDecommission(facts, new Date(now).toISOString());
};
