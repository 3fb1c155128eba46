import { toCountText } from '../text/counts.ts';
import type { AcceptedTask } from './context.ts';
import { toTaskOutcome, type DecommissionReport, type NodeReport } from './report.ts';

/**
 * The report of one node as it is stored when its own workflow ends, with all its lists: in the form of a task's report, so that it is read
 * in the same way. `startedAt`, `endedAt`: of the node's workflow, RFC 3339. Pure.
 */
export const toStoredReport = (
  { request, clusterAddress }: Pick<AcceptedTask, 'request' | 'clusterAddress'>,
  node: NodeReport,
  { startedAt, endedAt }: Pick<DecommissionReport, 'startedAt' | 'endedAt'>,
): DecommissionReport => {
  const { taskId, cluster, requestedBy, reason } = request;
  return {
    version: 1,
    taskId,
    cluster,
    ...(clusterAddress === undefined ? {} : { clusterAddress }),
    outcome: node.outcome,
    ...(requestedBy === undefined ? {} : { requestedBy }),
    ...(reason === undefined ? {} : { reason }),
    startedAt,
    endedAt,
    message: `node ${node.nodeName}: ${node.failure?.message ?? node.outcome}`,
    nodes: [node],
    undo: [],
    ...(node.failure === undefined ? {} : { failure: node.failure }),
  };
};

/**
 * One report of the stored reports of several nodes of a task; undefined when there is none. The undo of the task itself is not in it. Pure.
 */
export const joinStoredReports = (reports: readonly DecommissionReport[]): DecommissionReport | undefined => {
  const [first, ...others] = reports;
  if (first === undefined || others.length === 0) return first;
  const nodes = reports.flatMap((report) => report.nodes);
  const { failure: _failure, ...common } = first;
  return {
    ...common,
    outcome: toTaskOutcome(nodes.map(({ outcome }) => outcome)),
    startedAt: reports.map(({ startedAt }) => startedAt).reduce((one, other) => (one < other ? one : other)),
    endedAt: reports.map(({ endedAt }) => endedAt).reduce((one, other) => (one > other ? one : other)),
    message: `stored reports of ${toCountText(nodes.length, 'node')}; the task may have had others.`,
    nodes,
  };
};
