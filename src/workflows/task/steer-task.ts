import { CancellationScope, condition, getExternalWorkflowHandle, uuid4 } from '@temporalio/workflow';
import { findNodeOfPod } from '../../domain/steering/find-node-of-pod.ts';
import { findNodeOfReplacements } from '../../domain/steering/find-node-of-replacements.ts';
import { judgeApproval } from '../../domain/steering/judge-approval.ts';
import type { Steering } from '../../domain/steering/steering.ts';
import { joinSentences } from '../../domain/text/join-sentences.ts';
import { steerNodeSignal } from '../messages.ts';
import { toFailureReport } from '../runtime/failure-report.ts';
import { installSteering, refused } from '../runtime/steering-updates.ts';
import type { StartedChild } from './fleet-state.ts';
import type { NodeExecution } from './node-execution.ts';
import type { TaskState } from './task-state.ts';

/** Handles the updates of a task: what concerns a node is passed on to it. */
export const installTaskSteering = (state: TaskState, execution: NodeExecution): void => {
  installSteering(
    (message) => execution.judgeSteering(state, message),
    async (message) => {
      // Also after a cancellation: a node past its point of no return continues.
      const refusal = await CancellationScope.nonCancellable(() => execution.steer(state, message));
      if (refusal !== '') throw refused(refusal);
      return state.toStatus();
    },
  );
};

/** As far as the task knows its nodes; the node itself judges again. */
export const judgeForChildren: NodeExecution['judgeSteering'] = (state, message) => {
  const targets = findTargets(state, message);
  return typeof targets === 'string' ? targets : undefined;
};

/** The running nodes that a message is for, or why it is refused. */
const findTargets = (state: TaskState, message: Steering): readonly string[] | string => {
  const { fleet } = state;
  if (message.action === 'approve') {
    const { awaiting: waiting, approved, awaitingDead: dead } = fleet;
    const approval = state.task?.request.approval ?? 'none';
    const { nodeName } = message;
    const refusal = judgeApproval({ approval, waiting, approved, dead }, message);
    return refusal ?? waiting.filter((name) => (nodeName === undefined ? !dead.includes(name) : name === nodeName));
  }
  const running = fleet.children.map(({ nodeName }) => nodeName);
  if (message.action === 'skipReplacements') {
    const waiting = findNodeOfReplacements(message.nodeName, running);
    return typeof waiting === 'string' ? waiting : [waiting.nodeName];
  }
  const found = findNodeOfPod(message, { running, planned: state.plan?.nodes ?? [] });
  return typeof found === 'string' ? found : [found.nodeName];
};

/** Sends the message to each of them, and waits for their answers. */
export const steerChildren: NodeExecution['steer'] = async (state, message) => {
  const targets = findTargets(state, message);
  if (typeof targets === 'string') return targets;
  const children = targets.flatMap((nodeName) => state.fleet.childOf(nodeName) ?? []);
  return joinSentences(...(await Promise.all(children.map((child) => steerChild(state, child, message)))));
};

const steerChild = async (state: TaskState, child: StartedChild, message: Steering): Promise<string> => {
  const { answers, fleet } = state;
  const { nodeName, workflowId } = child;
  const id = uuid4();
  answers.set(id, undefined);
  try {
    await getExternalWorkflowHandle(workflowId).signal(steerNodeSignal, { ...message, id, nodeName });
    await condition(() => answers.get(id) !== undefined || fleet.childOf(nodeName) !== child);
    const answer = answers.get(id) ?? `the workflow of node ${nodeName} has ended.`;
    if (answer === '' && message.action === 'approve') fleet.setAwaiting(nodeName, undefined);
    return answer;
  } catch (error) {
    return `${message.action} could not be delivered to node ${nodeName}: ${toFailureReport(error).message}`;
  } finally {
    answers.delete(id);
    state.refresh();
  }
};
