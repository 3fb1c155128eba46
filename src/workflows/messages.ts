import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DecommissionPlan } from '../domain/plan/decommission-plan.ts';
import type { Attribution, RunStatus } from '../domain/run/status.ts';

/** Workflow type names, as people type them. */
export const DECOMMISSION_NODES = 'decommissionNodes';
export const DECOMMISSION_NODE = 'decommissionNode';

/** What happens now; see RunStatus. */
export const statusQuery = defineQuery<RunStatus>('status');
/** What preflight found and what is going to be done; null until preflight is through. */
export const planQuery = defineQuery<DecommissionPlan | null>('plan');

/** Starts no further eviction, recalls those the API server has not accepted. Idempotent. */
export const pauseUpdate = defineUpdate<RunStatus, [Attribution]>('pause');
/** Goes on after a pause, or wakes a parked workflow. Idempotent. */
export const resumeUpdate = defineUpdate<RunStatus, [Attribution]>('resume');

/** From a task to the workflow of one of its nodes: workflows can signal each other, not update. */
export const pauseNodeSignal = defineSignal<[Attribution]>('pauseNode');
export const resumeNodeSignal = defineSignal<[Attribution]>('resumeNode');

/** From a node's workflow to its task: it is parked and needs a person (`message`), or goes on again (empty `message`). */
export const nodeParkedSignal = defineSignal<[{ readonly nodeName: string; readonly message: string }]>('nodeParked');

/** From the worker's coordinator, at most once a minute: what the pods wait for, for the UI's current details. */
export const drainProgressSignal = defineSignal<[readonly string[]]>('drainPicture');

/** Keys of the memo that clients read, also when no worker is there. */
export const MEMO_REQUEST_FINGERPRINT = 'requestFingerprint';
/** Compact report of a cancelled run: the server drops the details of a CancelledFailure. */
export const MEMO_REPORT = 'report';
