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
import type { Cluster } from '../ports/cluster.ts';
import { createClusters } from '../worker/create-clusters.ts';
import { createHosts } from '../worker/create-hosts.ts';
import { createScheduler } from '../worker/create-scheduler.ts';
import { inspectHosts } from './inspect-hosts.ts';
import { toPlanHosts, type PlanHosts } from './plan-hosts.ts';

/** What cannot be checked with read rights. */
const NOT_CHECKED = [
  'the write permissions (`doctor` checks them)',
  'a server-side dry run of the Node deletion and of new budgets, including admission webhooks',
  'whether our own worker or its Temporal runs on one of the nodes',
] as const;
const HOSTS_NOT_CHECKED =
  'whether the hosts are reachable and belong to the nodes, and what their cleanup touches and leaves (`doctor` checks it)';

export interface PlanQuestion {
  readonly configuration: Configuration;
  readonly request: DecommissionRequest;
  /** Connect from here to the hosts, with this process's keys, if the configuration has settings for them. */
  readonly connectsToHosts: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Makes the plan with read rights only and without Temporal. A lock is listed, but whether its holder is still running is not checked.
 * @throws ClusterFailure: the cluster cannot be read.
 * @throws DecommissionFailure `InvalidInput`: the configuration has no such cluster.
 */
export const readPlan = async ({
  configuration,
  request,
  connectsToHosts,
  now,
}: PlanQuestion): Promise<DecommissionPlan> => {
  // Only the requested cluster: a broken kubeconfig of another one must not prevent this plan.
  const named = Object.entries(configuration.clusters).filter(([name]) => name === request.cluster);
  const clusters = named.length > 0 ? Object.fromEntries(named) : configuration.clusters;
  const cluster = findCluster(createClusters({ ...configuration, clusters }), request.cluster);
  const identity = await cluster.readIdentity();
  const nodes = await cluster.readNodes();
  const locks: Record<string, NodeLockState> = {};
  for (const { name, annotations } of nodes.filter(({ name }) => request.nodeNames.includes(name))) {
    locks[name] = toLockState(judgeNodeLock(annotations[LOCK_ANNOTATION], undefined), name);
  }
  const { hosts, notChecked } = await readHosts(configuration, cluster, request, connectsToHosts);
  const facts = await readPreflightFacts({ cluster, scheduler: createScheduler() }, request, identity, {
    locks,
    missingRights: [],
    nodeDeletionDryRuns: {},
    ownPods: [],
    hosts,
    notChecked: [...NOT_CHECKED, ...notChecked],
  });
  return planDecommission(facts, new Date(now).toISOString());
};

const readHosts = async (
  configuration: Configuration,
  cluster: Cluster,
  { hostCleanup, nodeNames }: DecommissionRequest,
  connectsToHosts: boolean,
): Promise<PlanHosts> => {
  if (hostCleanup === 'skip') return { hosts: {}, notChecked: [] };
  if (configuration.hosts === undefined || !connectsToHosts) return { hosts: {}, notChecked: [HOSTS_NOT_CHECKED] };
  return toPlanHosts(await inspectHosts({ cluster, hosts: createHosts(configuration), nodeNames }));
};
