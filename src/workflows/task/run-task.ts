import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ContinueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { toCountText } from '../../domain/text/count-text.ts';
import { FailureType } from '../../domain/run/failure-type.ts';
import type { NodePlan } from '../../domain/plan/decommission-plan.ts';
import type { DecommissionReport, NodeReport, Outcome } from '../../domain/run/report.ts';
import type { Attribution, RunStatus } from '../../domain/run/status.ts';
import type { AcceptedTask, NodeOrder, NodeTarget } from '../../domain/run/context.ts';
import { forward } from '../runtime/activity-options.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { isCancelledEnd, isFailureOfType, toFailureReport } from '../runtime/failure-report.ts';
import { finishTask } from './finish-task.ts';
import { pauseUpdate, planQuery, resumeUpdate, statusQuery } from '../messages.ts';
import { validateAttribution } from '../runtime/pause-gate.ts';
import type { TaskRun } from './task-state.ts';
import { undoAll } from '../runtime/undo.ts';

/** Sends one prepared node through its own runbook and returns its report. */
export type SendNode = (run: TaskRun, order: NodeOrder) => Promise<NodeReport>;

/** Continue-as-new, when the history asks for it and nothing is under way; returns when it does not. */
export type TakeBreak = (run: TaskRun) => Promise<void>;

export interface TaskManner {
  readonly oneNodeOnly: boolean;
  readonly sendNode: SendNode;
  readonly takeBreak: TakeBreak;
  /** Passes a pause or resume on to the child that is on its way. */
  readonly tellChild: (run: TaskRun, message: 'pause' | 'resume', attribution: Attribution) => Promise<void>;
}

/** The runbook of a task. Takes all arguments of the workflow. Returns its report; how the workflow closes is decided from it. */
export const runTask = async (
  run: TaskRun,
  input: readonly unknown[],
  manner: TaskManner,
): Promise<DecommissionReport> => {
  installHandlers(run, manner);
  try {
    if (!run.plan) {
      run.task = await acceptTask(input, manner);
      await preparePlan(run);
      if (run.task.request.dryRun) return run.toReport('DryRun', 'dry run: the plan is made, nothing was changed');
      await prepareNodes(run);
    }
    await sendNodes(run, manner);
  } catch (error) {
    // The SDK continues as new by throwing: that is no end, and undoes nothing.
    if (error instanceof ContinueAsNew) throw error;
    const outcome = toOutcome(run, error);
    return await CancellationScope.nonCancellable(() => putBack(run, error, outcome));
  }
  return await CancellationScope.nonCancellable(() => finishTask(run));
};

const acceptTask = async (input: readonly unknown[], manner: TaskManner): Promise<AcceptedTask> => {
  if (input.length > 1) {
    throw ApplicationFailure.nonRetryable(
      `the workflow takes exactly one argument, not ${input.length}; put everything into one JSON object. Nothing was changed.`,
      FailureType.InvalidInput,
    );
  }
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return await forward.acceptRequest(input[0], { workflowId, firstExecutionRunId, oneNodeOnly: manner.oneNodeOnly });
};

const preparePlan = async (run: TaskRun): Promise<void> => {
  const { context, request } = run.accepted;
  run.phase = 'Preparing';
  await run.step('preflight', request.nodeNames, async () => {
    const plan = await forward.planTask(context, request);
    run.takePlan(plan);
    const refusals = plan.findings.filter(({ severity }) => severity === 'refusal');
    if (plan.verdict === 'Refused') {
      const sentences = refusals.slice(0, 10).map(({ message }) => message);
      const more = refusals.length > 10 ? ` And ${refusals.length - 10} more; see the plan.` : '';
      throw ApplicationFailure.nonRetryable(`preflight refuses: ${sentences.join(' ')}${more}`, FailureType.Refused);
    }
    const warnings = plan.findings.filter(({ severity }) => severity === 'warning').length;
    return warnings === 0 ? 'nothing speaks against it' : `${toCountText(warnings, 'warning')}; see the plan`;
  });
};

/** All nodes are protected and cordoned before any is drained, so that evicted pods do not land on the next one. */
const prepareNodes = async (run: TaskRun): Promise<void> => {
  await run.step('budgets', run.accepted.request.nodeNames, async () => {
    await lockNodes(run);
    return await protectNodes(run);
  });
  for (const target of run.targets) await run.step('cordon', [target.nodeName], () => cordonOne(run, target));
};

const lockNodes = async (run: TaskRun): Promise<void> => {
  for (const target of run.targets) {
    await run.gate.pass();
    run.register({ kind: 'lock', target });
    await forward.acquireNodeLock(run.accepted.context, target);
  }
};

const protectNodes = async (run: TaskRun): Promise<string> => {
  const { context, request } = run.accepted;
  await run.gate.pass();
  const unknown = { kind: 'budgets', created: [] } as const;
  run.register(unknown);
  const { created, plans } = await forward.protectWorkloads(context, request, request.nodeNames);
  run.amend(unknown, { kind: 'budgets', created });
  const annotated = plans.filter(({ action }) => action === 'annotate').length;
  return `budgets of ours: ${created.length}; annotated budgets of others: ${annotated}`;
};

const cordonOne = async (run: TaskRun, target: NodeTarget): Promise<string> => {
  const unknown = { kind: 'cordon', target } as const;
  run.register(unknown);
  const { earlier } = await forward.cordonNode(run.accepted.context, target);
  run.amend(unknown, { ...unknown, ...definedFields({ earlier }) });
  return 'unschedulable';
};

const sendNodes = async (run: TaskRun, manner: TaskManner): Promise<void> => {
  const task = run.accepted;
  run.phase = 'Draining';
  for (const node of run.plan?.nodes ?? []) {
    if (run.reports.has(node.nodeName)) continue;
    await manner.takeBreak(run);
    await run.gate.pass();
    run.say(`decommissioning node ${node.nodeName}`);
    const report = await manner.sendNode(run, {
      kind: 'nodeOrder',
      task,
      node: withoutPods(node),
      steps: run.stepsOf(node.nodeName),
      plannedWorkloads: run.plannedWorkloadsOf(node.nodeName),
      ...definedFields({ earlier: run.earlierMarksOf(node.nodeName) }),
    });
    run.addReport(report);
    forgetUndone(run, report);
    if (report.outcome !== 'Decommissioned') throw toNodeFailure(report);
  }
};

/** The node's own workflow looks for itself, and a full node's pods would travel for nothing. */
const withoutPods = ({ pods: _pods, ...node }: NodePlan): NodeOrder['node'] => node;

/** What a node's own run has answered for, or what went with its Node object, is no longer the task's to undo. */
const forgetUndone = (run: TaskRun, report: NodeReport): void => {
  const isGone = report.outcome === 'Decommissioned' && run.task?.request.deleteNode === true;
  // Without an entry it never came to its own undo: terminated, or not started at all.
  const hasOwnUndo = report.undo.length > 0;
  const ofNode = run.undo.filter((entry) => entry.kind !== 'budgets' && entry.target.nodeName === report.nodeName);
  run.forget(ofNode.filter(({ kind }) => isGone || (kind === 'cordon' && hasOwnUndo)));
};

const toNodeFailure = (report: NodeReport): Error => {
  if (report.outcome === 'Cancelled') return new CancelledFailure(`node ${report.nodeName} was cancelled`);
  const { type, message } = report.failure ?? { type: report.outcome, message: `ended as ${report.outcome}` };
  return ApplicationFailure.nonRetryable(`node ${report.nodeName}: ${message}`, type);
};

const putBack = async (run: TaskRun, error: unknown, outcome: Outcome): Promise<DecommissionReport> => {
  const failure = toFailureReport(error);
  if (failure.type !== 'Cancelled') run.failure = failure;
  const message = outcome === 'Cancelled' ? describeCancellation(run) : failure.message;
  if (run.undo.length > 0 && run.task) {
    run.phase = 'Undoing';
    run.say(`putting back: ${message}`);
    run.takeUndone(await undoAll(run.task.context, run.undo));
  }
  return run.toReport(outcome, describeEnd(run, outcome, message));
};

const describeCancellation = (run: TaskRun): string => {
  const doneCount = [...run.reports.values()].filter(({ outcome }) => outcome === 'Decommissioned').length;
  const nodeCount = run.task?.request.nodeNames.length ?? 0;
  return `The run was asked to stop.${doneCount === 0 ? '' : ` ${doneCount} of ${nodeCount} nodes were done by then.`}`;
};

const toOutcome = (run: TaskRun, error: unknown): Outcome => {
  if (isFailureOfType(error, FailureType.InvalidInput)) return 'InvalidInput';
  if (isFailureOfType(error, FailureType.Refused, FailureType.NodeBusy)) return 'Refused';
  if (!run.plan && isFailureOfType(error, FailureType.ClusterMismatch)) return 'Refused';
  return isCancelledEnd(error) ? 'Cancelled' : 'RolledBack';
};

const describeEnd = (run: TaskRun, outcome: Outcome, message: string): string => {
  if (outcome === 'InvalidInput' || run.undone.length === 0) return message;
  const undone = [...run.undone, ...[...run.reports.values()].flatMap(({ undo }) => undo)];
  const failed = undone.filter(({ status }) => status === 'Failed').length;
  const kept = undone.filter(({ status }) => status === 'Kept').length;
  const keptText = kept === 0 ? '' : ` ${kept} changes of others were kept.`;
  if (failed > 0)
    return `${message} ${toCountText(failed, 'thing')} could not be put back; the report has the commands.${keptText}`;
  const isIncomplete = [...run.reports.values()].some((report) => report.outcome === 'RollbackIncomplete');
  return isIncomplete ? `${message}${keptText}` : `${message} Everything of ours is put back.${keptText}`;
};

/** Also after a cancel: a child that is parked past the point of no return must still hear that it may go on. */
const tell = (run: TaskRun, manner: TaskManner, ...message: ['pause' | 'resume', Attribution]): Promise<void> =>
  CancellationScope.nonCancellable(() => manner.tellChild(run, ...message));

const installHandlers = (run: TaskRun, manner: TaskManner): void => {
  setHandler(statusQuery, (): RunStatus => run.toStatus(), {
    description: 'What happens now, and each node with its steps.',
  });
  setHandler(planQuery, () => run.plan, { description: 'What preflight found; null until it is through.' });
  setHandler(
    pauseUpdate,
    async (attribution) => {
      run.gate.pause(attribution);
      await tell(run, manner, 'pause', attribution);
      return run.toStatus();
    },
    { description: 'Starts no further eviction. {"by": "…", "reason": "…"}', validator: validateAttribution },
  );
  setHandler(
    resumeUpdate,
    async (attribution) => {
      run.gate.resume();
      await tell(run, manner, 'resume', attribution);
      return run.toStatus();
    },
    {
      description: 'Goes on after a pause, or wakes a parked run. {"by": "…", "reason": "…"}',
      validator: validateAttribution,
    },
  );
};
