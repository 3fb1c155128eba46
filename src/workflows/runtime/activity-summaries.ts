import type { ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import { toShortList } from '../../domain/text/counts.ts';

type ActivityName = keyof Activities;

type Summaries = { readonly [Name in ActivityName]: (...args: Parameters<Activities[Name]>) => string };

/** A server refuses metadata above 400 bytes. */
const MAX_SUMMARY_LENGTH = 200;
const MAX_NAMES = 5;

const toNodeText = (nodeNames: readonly string[]): string => {
  const names = toShortList(nodeNames, MAX_NAMES);
  return nodeNames.length === 1 ? `node ${names}` : `nodes ${names}`;
};

/** What each call is for, shown beside the name of its activity. Names only: a request may contain anything. */
const SUMMARIES: Summaries = {
  checkRequest: () => 'request validation, before any change',
  acceptRequest: ({ request }) => `request for cluster ${request.cluster}, before any change`,
  planTask: ({ cluster }, { nodeNames }) => `${toNodeText(nodeNames)} of cluster ${cluster}`,
  repeatPreflight: (_context, _request, targets) =>
    `${toNodeText(targets.map(({ nodeName }) => nodeName))}, before they start`,
  judgeWindows: (_windows, at) => `whether a window is open at ${new Date(at).toISOString()}`,
  acquireNodeLock: (_context, { nodeName }) => `node ${nodeName}`,
  releaseNodeLock: (_context, { nodeName }) => `node ${nodeName}`,
  takeTurns: (_context, { targets }) => `${toNodeText(targets.map(({ nodeName }) => nodeName))}, among all tasks`,
  leaveTurn: (_context, { nodeName }) => `node ${nodeName}`,
  protectWorkloads: (_context, _request, nodeNames) => toNodeText(nodeNames),
  releaseBudgets: ({ taskId }) => `budgets of task ${taskId}`,
  cordonNode: (_context, { nodeName }) => `node ${nodeName}`,
  markNodeWaiting: (_context, { nodeName }) => `node ${nodeName}, until its turn`,
  releaseWaitingNode: (_context, { nodeName }) => `node ${nodeName}, which waited for its turn`,
  uncordonNode: (_context, { nodeName }) => `node ${nodeName}, back to its earlier state`,
  releaseNodeKeepingCordon: (_context, { nodeName }) => `node ${nodeName} stays cordoned`,
  markNodeLeaving: (_context, _request, { nodeName }) => `DaemonSet pods of node ${nodeName}, before its kubelet ends`,
  excludeFromBalancers: (_context, { nodeName }) => `node ${nodeName}, before its first eviction`,
  readDrainState: (_context, _request, { nodeName }) => `pods left on node ${nodeName}`,
  evictPod: (_context, { pod }) => `${pod.namespace}/${pod.name}${pod.workload ? ` of ${pod.workload}` : ''}`,
  deletePod: (_context, { pod }) => `${pod.namespace}/${pod.name}, as an operator requested`,
  markOutOfService: (_context, _request, { nodeName }) =>
    `node ${nodeName}, whose machine an operator reports as powered off`,
  surgePod: (_context, { pod }) => `a second replica before ${pod.namespace}/${pod.name} of ${pod.workload} is removed`,
  releaseSurges: ({ taskId }) => `second replicas of task ${taskId}`,
  awaitReplacements: (_context, { nodeName }) => `of the pods that have left node ${nodeName}`,
  awaitVolumesDetached: (_context, _consents, { nodeName }) => `volumes from node ${nodeName}`,
  confirmDrained: (_context, _request, { nodeName }) => `final check of node ${nodeName}`,
  awaitVolumesUnmounted: (_context, _consents, { target }) => `on the host of node ${target.nodeName}`,
  proveHost: (_context, _consents, { target }) => `that the host belongs to node ${target.nodeName}`,
  runHostStage: (_context, stage, { target }) => `${stage} on the host of node ${target.nodeName}`,
  withdrawHostStages: (_context, { target }) => `whether the host of node ${target.nodeName} was changed`,
  verifyHost: (_context, { target }) => `that the host of node ${target.nodeName} is clean`,
  markPointOfNoReturn: (_context, { nodeName }) => `node ${nodeName}, before what cannot be undone`,
  clearPointOfNoReturn: (_context, { nodeName }) => `node ${nodeName}, on which nothing was done`,
  deleteNode: (_context, { nodeName }) => `node ${nodeName}`,
  endMachine: (_context, { nodeName }) => `the machine of node ${nodeName}, by the hook of the worker`,
  awaitNodeStaysGone: (_context, { nodeName }) => `node ${nodeName}`,
  readReturnedNodes: (_context, targets) => toNodeText(targets.map(({ nodeName }) => nodeName)),
  readNodePresence: (_context, { nodeName }) => `node ${nodeName}, whose workflow closed without a report`,
  awaitNodeWorkflow: (nodeWorkflowId) => `${nodeWorkflowId}, started by an earlier run`,
  storeReport: (_context, { nodes }) => toNodeText(nodes.map(({ nodeName }) => nodeName)),
  listLeftovers: ({ cluster }) => `what ended tasks have left in cluster ${cluster}`,
};

/** There are never two open evictions of one name: two activities with the same id would fail the workflow task forever. */
const toActivityId: { readonly [Name in ActivityName]?: Summaries[Name] } = {
  evictPod: (_context, { pod }) => `evict:${pod.namespace}/${pod.name}`,
  // Of the same pod, directly before: status shows both as its eviction.
  surgePod: (_context, { pod }) => `evict:${pod.namespace}/${pod.name}`,
};

export const ACTIVITY_NAMES = Object.keys(SUMMARIES) as readonly ActivityName[];

/** The options of one call: its summary for Temporal's UI, and its id where operators and clients rely on it. */
export const toCallOptions = <Name extends ActivityName>(
  name: Name,
  args: Parameters<Activities[Name]>,
): Pick<ActivityOptions, 'summary' | 'activityId'> => {
  const summary = SUMMARIES[name](...args).slice(0, MAX_SUMMARY_LENGTH);
  const activityId = toActivityId[name]?.(...args);
  return activityId === undefined ? { summary } : { summary, activityId };
};
