import { getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import { judgeApproval } from '../../domain/steering/judge-approval.ts';
import { judgePodSteering, type SteeredPod } from '../../domain/steering/judge-pod-steering.ts';
import { judgeReplacementSkip } from '../../domain/steering/judge-replacement-skip.ts';
import { toReplacedName, type ReplacedWorkload } from '../../domain/replacements/replaced-workload.ts';
import { readSteering, type PodAction, type Steering, type SteeringAction } from '../../domain/steering/steering.ts';
import type { RunStatus } from '../../domain/run/status.ts';
import { steeredSignal, steerNodeSignal } from '../messages.ts';
import { throwDefect } from '../runtime/failure-report.ts';
import { installSteering } from '../runtime/steering-updates.ts';
import type { NodeState } from './node-state.ts';

const ACTIONS: readonly unknown[] = [
  'approve',
  'retryPod',
  'skipPod',
  'forcePod',
  'skipReplacements',
] satisfies SteeringAction[];

/** Handles the updates of a node's own workflow, and the same messages from its task. */
export const installNodeSteering = (state: NodeState, toStatus: () => RunStatus): void => {
  const apply = (message: Steering): RunStatus => {
    applySteering(state, message);
    return toStatus();
  };
  installSteering((message) => judgeSteering(state, message), apply);
  setHandler(steerNodeSignal, async (sent: unknown) => {
    const { id, action } = (sent ?? {}) as { readonly id?: unknown; readonly action?: unknown };
    // Any client can send it.
    if (typeof id !== 'string' || !ACTIONS.includes(action)) return;
    const refusal = receive(state, action as SteeringAction, sent);
    const { parent } = workflowInfo();
    if (parent)
      await getExternalWorkflowHandle(parent.workflowId).signal(steeredSignal, { id, refusal }).catch(throwDefect);
  });
};

const receive = (state: NodeState, action: SteeringAction, sent: unknown): string => {
  const { pod, workload } = sent as { readonly pod?: object; readonly workload?: object };
  const flat = { ...(sent as object), ...pod, ...workload };
  const message = readSteering(action, flat);
  if (typeof message === 'string') return message;
  const refusal = judgeSteering(state, message);
  if (refusal === undefined) applySteering(state, message);
  return refusal ?? '';
};

/** Why the message is refused in the present state of the node; undefined: it is not. */
export const judgeSteering = (state: NodeState, message: Steering): string | undefined => {
  const { nodeName } = state.target;
  if (message.nodeName !== undefined && message.nodeName !== nodeName)
    return `this workflow decommissions node ${nodeName}, not ${message.nodeName}.`;
  if (message.action === 'approve') {
    const { awaits, hasApproval } = state.steering;
    const [waiting, approved] = [awaits === undefined ? [] : [nodeName], hasApproval ? [nodeName] : []];
    const dead = awaits === 'machineIsOff' ? waiting : [];
    return judgeApproval({ approval: state.input.task.request.approval, waiting, approved, dead }, message);
  }
  const judged =
    message.action === 'skipReplacements'
      ? judgeReplacements(state, message)
      : judgePod(state, message.action, message);
  return typeof judged === 'string' ? judged : undefined;
};

const judgeReplacements = (state: NodeState, { workload }: Steering): readonly ReplacedWorkload[] | string => {
  const { awaitedReplacements: awaited, skippedReplacements } = state.steering;
  return judgeReplacementSkip(workload, {
    nodeName: state.target.nodeName,
    awaited: state.isEvicting ? awaited : [],
    skipped: skippedReplacements.map((skipped) => skipped.workload),
  });
};

const judgePod = (
  state: NodeState,
  action: PodAction,
  { pod = { namespace: '', name: '' } }: Steering,
): SteeredPod | string =>
  judgePodSteering(action, pod, {
    nodeName: state.target.nodeName,
    isDraining: state.isEvicting,
    isPaused: state.gate.paused !== undefined,
    pods: state.leaving.toSteered(),
  });

/** Carries out a message that is not refused, and records it for the report. A repetition has no effect. */
export const applySteering = (state: NodeState, message: Steering): void => {
  const { action, by, reason } = message;
  const record = { action, at: new Date().toISOString(), by, reason };
  const { steering } = state;
  if (action === 'approve') {
    const point = steering.approve(message.machineIsOff);
    if (point !== undefined) steering.record({ ...record, point });
    return;
  }
  if (action === 'skipReplacements') {
    const ended = judgeReplacements(state, message);
    if (typeof ended === 'string' || ended.length === 0) return;
    steering.skipReplacements(ended, message);
    steering.record({ ...record, workloads: ended.map(toReplacedName) });
    return;
  }
  const judged = judgePod(state, action, message);
  if (typeof judged === 'string') return;
  const isNew = steerPod(state, action, judged.uid, message);
  if (isNew) steering.record({ ...record, pod: `${judged.namespace}/${judged.name}` });
};

/** False: it has no effect, because it was requested before. */
const steerPod = ({ steering }: NodeState, action: PodAction, uid: string, message: Steering): boolean => {
  switch (action) {
    case 'skipPod':
      return steering.skip(uid, message);
    case 'forcePod':
      return steering.force(uid, message);
    case 'retryPod':
      steering.retry(uid, message);
      return true;
  }
};
