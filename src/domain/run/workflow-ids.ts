/** Names in Temporal that users and other programs rely on: changing one is a breaking change. */

/** Workflows, and the check of a request: any worker serves it, whichever clusters it has. */
export const TASK_QUEUE = 'node-decommission';
export const DEFAULT_CLUSTER = 'default';

/** The id of the workflow of a task. */
export const toTaskWorkflowId = (cluster: string, taskId: string): string => `decommission/${cluster}/task/${taskId}`;
/** The id of the workflow of a dry run. */
export const toDryRunWorkflowId = (cluster: string, taskId: string): string => `decommission/${cluster}/plan/${taskId}`;
/** The id of a node's own workflow. */
export const toNodeWorkflowId = (cluster: string, nodeName: string): string =>
  `decommission/${cluster}/node/${nodeName}`;
/** Of the scheduled search for leftovers, and of its schedule. */
export const toJanitorId = (cluster: string): string => `decommission/${cluster}/janitor`;

/** Activities of one cluster, at most a few of a node at once: only workers that have this cluster serve it. */
export const toClusterQueue = (cluster: string): string => `${TASK_QUEUE}/${cluster}`;
/** Its evictions, one of each pod, which may wait for days: with slots of their own, so that the other activities always find one. */
export const toWaitsQueue = (cluster: string): string => `${toClusterQueue(cluster)}/waits`;

/** The node of the workflow id `decommission/<cluster>/node/<nodeName>`; undefined for any other id. Pure. */
export const toNodeName = (workflowId: string): string | undefined =>
  /^decommission\/[^/]+\/node\/([^/]+)$/.exec(workflowId)?.[1];

/** The cluster in a workflow id of ours; undefined for any other id. */
export const readClusterOfWorkflow = (workflowId: string): string | undefined =>
  /^decommission\/([^/]+)\//.exec(workflowId)?.[1];

/** The parts of a task's workflow id; undefined for an id of another form. */
export const parseTaskWorkflowId = (
  workflowId: string,
): { readonly cluster: string; readonly taskId: string; readonly dryRun: boolean } | undefined => {
  const match = /^decommission\/([^/]+)\/(task|plan)\/(.+)$/.exec(workflowId);
  const [, cluster, kind, taskId] = match ?? [];
  return cluster === undefined || taskId === undefined ? undefined : { cluster, taskId, dryRun: kind === 'plan' };
};
