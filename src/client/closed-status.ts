import type { DecommissionReport, NodeReport } from '../domain/run/report.ts';
import type { JoinedStatus } from './join-status.ts';

/** The status of a closed decommission, from its report: no worker is needed to read it. Pure. */
export const toClosedStatus = (workflowId: string, report: DecommissionReport): JoinedStatus => ({
  version: 1,
  workflowId,
  taskId: report.taskId,
  cluster: report.cluster,
  ...toOrigin(report),
  phase: 'Closed',
  message: report.message,
  startedAt: report.startedAt,
  outcome: report.outcome,
  nodes: report.nodes.map((node) => ({
    nodeName: node.nodeName,
    outcome: node.outcome,
    steps: node.steps,
    ...(node.failedStep === undefined ? {} : { failedStep: node.failedStep }),
    ...(node.childWorkflowId === undefined ? {} : { childWorkflowId: node.childWorkflowId }),
    ...(node.childRunId === undefined ? {} : { childRunId: node.childRunId }),
    pods: node.pods.map(({ namespace, name, uid, outcome }) => ({ namespace, name, uid, state: outcome })),
  })),
});

type Origin = Pick<DecommissionReport, 'clusterAddress' | 'requestedBy' | 'reason'>;

/** What status and report both have, if it is known. */
const toOrigin = ({ clusterAddress, requestedBy, reason }: Origin): Origin => ({
  ...(clusterAddress === undefined ? {} : { clusterAddress }),
  ...(requestedBy === undefined ? {} : { requestedBy }),
  ...(reason === undefined ? {} : { reason }),
});

/** True when waiting longer is pointless: the workflow is closed, or parked until an operator resumes it. */
export const isSettled = (status: JoinedStatus): boolean =>
  status.phase === 'Closed' || status.phase === 'NeedsOperator';

/**
 * The report of a decommission that is parked past its point of no return: its workflow is still open and has not written one.
 * `now` is RFC 3339. Pure.
 */
export const toParkedReport = (status: JoinedStatus, now: string): DecommissionReport => ({
  version: 1,
  taskId: status.taskId,
  cluster: status.cluster,
  ...toOrigin(status),
  outcome: 'NeedsOperator',
  startedAt: status.startedAt,
  endedAt: now,
  message: status.message,
  nodes: status.nodes.map(toParkedNode),
  undo: [],
});

const toParkedNode = (node: JoinedStatus['nodes'][number]): NodeReport => ({
  nodeName: node.nodeName,
  outcome: node.outcome ?? 'NeedsOperator',
  steps: node.steps,
  ...(node.failedStep === undefined ? {} : { failedStep: node.failedStep }),
  ...(node.childWorkflowId === undefined ? {} : { childWorkflowId: node.childWorkflowId }),
  ...(node.childRunId === undefined ? {} : { childRunId: node.childRunId }),
  pods: node.pods.map(({ namespace, name, uid, state }) => ({
    namespace,
    name,
    uid,
    outcome: state === 'Evicting' || state === 'Queued' ? 'NotEvicted' : state,
  })),
  undo: [],
  notes: [],
});
