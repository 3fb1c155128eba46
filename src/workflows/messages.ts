import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DecommissionPlan } from '../domain/plan/decommission-plan.ts';
import type { PreflightVerdict } from '../domain/plan/preflight-verdict.ts';
import type { NodeReport } from '../domain/run/report.ts';
import type {
  ApprovalArgument,
  ApprovalPoint,
  PodArgument,
  ReplacementsArgument,
  Steering,
} from '../domain/steering/steering.ts';
import type { Attribution, RunStatus } from '../domain/run/status.ts';

/** Workflow type of a task, as users type it. */
export const DECOMMISSION_NODES = 'decommissionNodes';
/** Workflow type of one node of a task. */
export const DECOMMISSION_NODE = 'decommissionNode';
export const JANITOR = 'janitor';

/** Current status; see RunStatus. */
export const statusQuery = defineQuery<RunStatus>('status');
/** Preflight findings and planned changes; null until preflight has finished. */
export const planQuery = defineQuery<DecommissionPlan | null>('plan');

/**
 * Waits until preflight has decided, and returns the verdict; changes nothing. For update-with-start: start a task and receive its verdict in
 * one call. Fails as `InvalidInput` when the request is invalid.
 */
export const awaitVerdictUpdate = defineUpdate<PreflightVerdict>('awaitVerdict');

/** Sends no further evictions and cancels those that the API server has not accepted. Idempotent. */
export const pauseUpdate = defineUpdate<RunStatus, [Attribution]>('pause');
/** Continues after a pause, or resumes a parked workflow. Idempotent. */
export const resumeUpdate = defineUpdate<RunStatus, [Attribution]>('resume');

/** Continues a node, or every node, that waits for an approval. Idempotent. */
export const approveUpdate = defineUpdate<RunStatus, [ApprovalArgument]>('approve');
/** See `PodAction`. Idempotent. */
export const retryPodUpdate = defineUpdate<RunStatus, [PodArgument]>('retryPod');
export const skipPodUpdate = defineUpdate<RunStatus, [PodArgument]>('skipPod');
export const forcePodUpdate = defineUpdate<RunStatus, [PodArgument]>('forcePod');
/** Ends the wait for replacements of one workload, or of all that a node waits for. Idempotent. */
export const skipReplacementsUpdate = defineUpdate<RunStatus, [ReplacementsArgument]>('skipReplacements');

/** From a task to the workflow of a node: one of these updates. The node answers with `steered`, with the same id. */
export const steerNodeSignal = defineSignal<[Steering & { readonly id: string }]>('steerNode');
/** `refusal`: a sentence; empty: it is carried out. */
export const steeredSignal = defineSignal<[{ readonly id: string; readonly refusal: string }]>('steered');
/** From a node's workflow to its task: it waits for an approval, or continues (`point` is empty). */
export const nodeAwaitsSignal =
  defineSignal<[{ readonly nodeName: string; readonly point: ApprovalPoint | '' }]>('nodeAwaits');

/** From a task to the workflow of one of its nodes: a workflow can signal another one but not send it an update. */
export const pauseNodeSignal = defineSignal<[Attribution]>('pauseNode');
export const resumeNodeSignal = defineSignal<[Attribution]>('resumeNode');

/** From a node's workflow to its task: it is parked and waits for an operator (`message`), or continues (empty `message`). */
export const nodeParkedSignal =
  defineSignal<[{ readonly nodeName: string; readonly message: string; readonly note?: string }]>('nodeParked');

/** From a node's workflow to its task, directly before its point of no return: it fails if the task is closed. */
export const nodePassingSignal = defineSignal<[{ readonly nodeName: string }]>('nodePassing');

/** From a node's workflow to its task: its report without lists, before it closes as cancelled. */
export const nodeClosedSignal = defineSignal<[NodeReport]>('nodeClosed');

/** From the worker's coordinator, at most once a minute: what the pods are waiting for, for the UI's current details. */
export const drainProgressSignal = defineSignal<[readonly string[]]>('drainPicture');

export {
  MEMO_POINT_OF_NO_RETURN,
  MEMO_REPORT,
  MEMO_REQUEST_FINGERPRINT,
  MEMO_RUNNING_NODES,
  MEMO_TASK,
} from '../domain/run/memo-keys.ts';
