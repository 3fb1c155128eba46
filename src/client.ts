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
export type { PendingWork } from './client/pending-work.ts';
export type { ListedDecommission, ListOptions } from './client/list-decommissions.ts';
export type { VerdictAnswer, VerdictWait } from './client/start/await-verdict.ts';
export type { StartedDecommission, VerdictOptions } from './client/start/start-and-await-verdict.ts';
export type { StartOptions } from './client/start/start-decommission.ts';
export type { ClusterAddress, ClusterIdentity, PodRef } from './domain/cluster/facts.ts';
export type {
  BudgetTurns,
  DrainEstimate,
  Recovery,
  TaskEstimate,
  TimeRange,
} from './domain/estimate/drain-estimate.ts';
export type { PaceChange, RemainingTime, TimeLeft, Unpredictable } from './domain/estimate/remaining-time.ts';
export type { StuckCause, StuckPod } from './domain/eviction/stuck-pod.ts';
export type { CleanupPreview, HostFact, HostLayout, PreviewItem, PreviewKind } from './domain/host/preview.ts';
export type { PreviewCounts } from './domain/host/preview-kinds.ts';
export type { NodeMachine, NodeTarget } from './domain/node/node-target.ts';
export type { CountOrPercent } from './domain/request/decommission-request.ts';
export type { DecommissionRequestInput } from './domain/request/schema/request-input.ts';
export type {
  BudgetForecast,
  BudgetPlan,
  DecommissionPlan,
  Finding,
  FindingCode,
  NodePlan,
  Placement,
  PodDisposition,
  PodPlan,
} from './domain/plan/decommission-plan.ts';
export type { PreflightVerdict } from './domain/plan/preflight-verdict.ts';
export type { Machine } from './domain/machine/machine.ts';
export type {
  DecommissionReport,
  FailureReport,
  HostReport,
  HostVerification,
  MachineReport,
  NodeReport,
  Outcome,
  PodOutcome,
  PodReport,
  RemainingObject,
  RemainingReport,
  StepName,
  StepReport,
  StepStatus,
  UndoReport,
} from './domain/run/report.ts';
export type { PointOfNoReturn } from './domain/run/point-of-no-return.ts';
export type { PollingWorker, QueueWorkers } from './domain/run/worker-routing.ts';
export type { WorkerVersion } from './domain/run/worker-version.ts';
export type {
  Attribution,
  EvictionProgress,
  NodeStatus,
  PauseState,
  PodStatus,
  RunStatus,
} from './domain/run/status.ts';
export type {
  ApprovalArgument,
  ApprovalPoint,
  PodAction,
  PodArgument,
  ReplacementsArgument,
  SteeringAction,
  SteeringRecord,
} from './domain/steering/steering.ts';
export {
  awaitVerdictUpdate,
  DECOMMISSION_NODE,
  DECOMMISSION_NODES,
  pauseUpdate,
  planQuery,
  resumeUpdate,
  statusQuery,
} from './workflows/messages.ts';
export { TASK_QUEUE, toDryRunWorkflowId, toNodeWorkflowId, toTaskWorkflowId } from './domain/run/workflow-ids.ts';
