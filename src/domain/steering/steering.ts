import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { ReplacedWorkload } from '../replacements/replaced-workload.ts';
import { ATTRIBUTION_COMPLAINT, isAttribution, type Attribution } from '../run/attribution.ts';

/**
 * Where a node waits for `approve`: before a step, see the request's key `approval`; or until an operator confirms that the machine of a dead
 * node is powered off (`deadNode: outOfService`).
 */
export type ApprovalPoint = Exclude<DecommissionRequest['approval'], 'none'> | 'machineIsOff';

const APPROVAL_POINTS: Readonly<Record<ApprovalPoint, true>> = {
  beforeEviction: true,
  beforeNodeDeletion: true,
  machineIsOff: true,
};

/** Of a signal, which any client can send. */
export const isApprovalPoint = (value: unknown): value is ApprovalPoint =>
  typeof value === 'string' && Object.hasOwn(APPROVAL_POINTS, value);

/**
 * `retryPod`: sends the eviction of a pod again now, within its budgets; of a pod of a Job that is waited for (`jobs: waitForCompletion`) before its
 * work has ended; one that was skipped is treated like any other again. `skipPod`: sends none; the node waits until the pod is gone in another
 * way. `forcePod`: deletes the pod with its own grace period, whatever its budgets allow.
 */
export type PodAction = 'retryPod' | 'skipPod' | 'forcePod';
/** What an operator may request of a running drain. */
export type SteeringAction = 'approve' | 'skipReplacements' | PodAction;

/** Argument of the update `approve`. */
export interface ApprovalArgument extends Attribution {
  /** Absent: every node that waits. */
  readonly nodeName?: string;
  /**
   * The operator confirms that the machine of `nodeName` is powered off and stays off. A dead node waits for this, and continues with no other
   * approval; absent: an approval of the next step.
   */
  readonly machineIsOff?: true;
}

/** Argument of the updates `retryPod`, `skipPod` and `forcePod`. */
export interface PodArgument extends Attribution {
  readonly namespace: string;
  readonly name: string;
  /** Absent: whichever pod has the name now. */
  readonly uid?: string;
  /** Of a task: the node of the pod, if the task cannot know it. */
  readonly nodeName?: string;
}

/** Argument of the update `skipReplacements`. */
export interface ReplacementsArgument extends Attribution {
  /** Of the workload; absent, together with `name`: every workload that the node waits for. */
  readonly namespace?: string;
  readonly name?: string;
  /** Of a task that decommissions several nodes now: the one that waits. */
  readonly nodeName?: string;
}

/** One checked message. */
export interface Steering extends Attribution {
  readonly action: SteeringAction;
  readonly nodeName?: string;
  /** Of `approve`. */
  readonly machineIsOff?: true;
  /** Of `retryPod`, `skipPod` and `forcePod`. */
  readonly pod?: { readonly namespace: string; readonly name: string; readonly uid?: string };
  /** Of `skipReplacements`; absent: every workload that the node waits for. */
  readonly workload?: { readonly namespace: string; readonly name: string };
}

/** What was requested during a run, for the report. */
export interface SteeringRecord extends Attribution {
  readonly action: SteeringAction;
  /** RFC 3339. */
  readonly at: string;
  /** `namespace/name`. */
  readonly pod?: string;
  /** Of `approve`. */
  readonly point?: ApprovalPoint;
  /** Of `skipReplacements`, e.g. `Deployment shop/web`. */
  readonly workloads?: readonly string[];
}

const MAX_NAME_LENGTH = 253;

const readName = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH ? value : undefined;

/** The message of an update, or a sentence that describes what is wrong with its argument. Any client can send anything. Pure. */
export const readSteering = (action: SteeringAction, argument: unknown): Steering | string => {
  if (!isAttribution(argument)) return ATTRIBUTION_COMPLAINT;
  const { by, reason } = argument;
  const named = readName((argument as { nodeName?: unknown }).nodeName);
  const common = { action, by, reason, ...(named === undefined ? {} : { nodeName: named }) };
  if (action === 'approve')
    return {
      ...common,
      ...((argument as { machineIsOff?: unknown }).machineIsOff === true ? { machineIsOff: true } : {}),
    };
  const subject = action === 'skipReplacements' ? readWorkload(argument as SentName) : readPod(argument as SentName);
  return typeof subject === 'string' ? subject : { ...common, ...subject };
};

interface SentName {
  readonly namespace?: unknown;
  readonly name?: unknown;
  readonly uid?: unknown;
}

const readPod = (fields: SentName): Pick<Steering, 'pod'> | string => {
  const [namespace, name, uid] = [readName(fields.namespace), readName(fields.name), readName(fields.uid)];
  if (namespace === undefined || name === undefined)
    return 'specify the pod: {"namespace": "…", "name": "…"}, beside "by" and "reason"';
  return { pod: { namespace, name, ...(uid === undefined ? {} : { uid }) } };
};

/** What is there but no name is refused: all workloads are meant only if none is named. */
const readWorkload = (fields: SentName): Pick<Steering, 'workload'> | string => {
  if (fields.namespace === undefined && fields.name === undefined) return {};
  const [namespace, name] = [readName(fields.namespace), readName(fields.name)];
  if (namespace === undefined || name === undefined)
    return 'specify the workload: {"namespace": "…", "name": "…"}, beside "by" and "reason"; or neither, for all that are waited for';
  return { workload: { namespace, name } };
};

/** A workload whose replacements an operator does not want to wait for. */
export interface SkippedReplacements extends Attribution {
  readonly workload: ReplacedWorkload;
}

/** What was requested for one node, as it is passed on by continue-as-new: plain JSON. */
export interface SteeringData {
  readonly records: readonly SteeringRecord[];
  readonly approved: readonly ApprovalPoint[];
  /** What the node waits for; absent: nothing. */
  readonly awaits?: ApprovalPoint;
  /** By UID of the pod. */
  readonly skipped: readonly (readonly [string, Attribution])[];
  readonly forced: readonly (readonly [string, Attribution])[];
  /** Evicted again before the work of their Jobs has ended; absent: none. */
  readonly hastened?: readonly (readonly [string, Attribution])[];
  /** Absent: none. */
  readonly skippedReplacements?: readonly SkippedReplacements[];
}
