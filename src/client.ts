/** The public client library: start a decommission or attach to one from another service, follow it, read its report. */
export {
  createDecommissionClient,
  type DecommissionClient,
  type DecommissionClientOptions,
} from './client/decommission-client.ts';
export type { CancelAnswer } from './client/decommission-handle.ts';
export type { DecommissionHandle, ProgressOptions } from './client/decommission-handle.ts';
export {
  CannotCancelError,
  DecommissionError,
  DecommissionNotFoundError,
  DifferentRequestError,
  InvalidRequestError,
  NoReportError,
  NoWorkerError,
  type DecommissionErrorCode,
} from './client/decommission-error.ts';
export type { JoinedNodeStatus, JoinedPodStatus, JoinedStatus } from './client/join-status.ts';
export type { ListedDecommission, ListOptions } from './client/list-decommissions.ts';
export type { StartOptions } from './client/start-decommission.ts';
export type { ClusterAddress } from './domain/cluster/facts.ts';
export type { DecommissionRequestInput } from './domain/request/schema/request-input.ts';
export type { DecommissionPlan } from './domain/plan/decommission-plan.ts';
export type { DecommissionReport, NodeReport, Outcome, PodReport, StepReport } from './domain/run/report.ts';
export type { PointOfNoReturn } from './domain/run/point-of-no-return.ts';
export type { Attribution, EvictionProgress, RunStatus } from './domain/run/status.ts';
export {
  DECOMMISSION_NODE,
  DECOMMISSION_NODES,
  pauseUpdate,
  planQuery,
  resumeUpdate,
  statusQuery,
} from './workflows/messages.ts';
export { TASK_QUEUE, toDryRunWorkflowId, toNodeWorkflowId, toTaskWorkflowId } from './domain/run/workflow-ids.ts';
