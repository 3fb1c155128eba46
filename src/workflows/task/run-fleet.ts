import { ApplicationFailure, CancellationScope, CancelledFailure, condition } from '@temporalio/workflow';
import { describeStop } from '../../domain/fleet/describe-fleet.ts';
import { toFleetLimits } from '../../domain/fleet/fleet-limits.ts';
import { orderNodes } from '../../domain/fleet/order-nodes.ts';
import { planStarts, type FleetStop, type StartPlan } from '../../domain/fleet/plan-starts.ts';
import { toCountText, toShortList } from '../../domain/text/counts.ts';
import { joinSentences, withoutFullStop } from '../../domain/text/join-sentences.ts';
import { FailureType } from '../../domain/run/failures.ts';
import type { NodePlan } from '../../domain/plan/decommission-plan.ts';
import type { NodeReport } from '../../domain/run/report.ts';
import { awaitHandlers } from '../runtime/close-workflow.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { undoAll, type UndoEntry } from '../runtime/undo.ts';
import type { NodeExecution } from './node-execution.ts';
import { RepeatedPreflights } from './repeat-preflights.ts';
import { recordEnd, sendNode } from './send-node.ts';
import { TaskTurns } from './task-turns.ts';
import type { TaskState } from './task-state.ts';

const MAX_FAILURES_LISTED = 5;

/**
 * Decommissions the nodes of a task side by side, as the request limits it. After every change a pure decision names the nodes that start
 * now. Nodes that will never start are undone at once, while the others run.
 *
 * @throws ApplicationFailure with the type of the first failure: a node was not decommissioned.
 * @throws ApplicationFailure `NodesNotStarted`: a node was parked, and `onNodeParked` is `stop`.
 * @throws CancelledFailure
 * @throws a defect: see `throwDefect`.
 */
export const runFleet = async (state: TaskState, execution: NodeExecution): Promise<void> => {
  const run = new FleetRun(state, execution);
  const why = await run.toEnd();
  if (run.isDone) return;
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled');
  throw toFleetFailure(state, run.failedInOrder, why);
};

class FleetRun {
  readonly #state: TaskState;
  readonly #execution: NodeExecution;
  readonly #nodes: readonly NodePlan[];
  /** Cancelled with the task. */
  readonly #scope = CancellationScope.current();
  readonly #preflights: RepeatedPreflights;
  readonly #turns: TaskTurns;
  readonly #undoing: Promise<void>[] = [];
  #undoingCount = 0;
  /** Failed nodes whose own entries are not undone yet. */
  #toUndo: readonly string[] = [];
  readonly #defects: unknown[] = [];
  /** Why nodes are not started; empty: every one is. */
  #why = '';

  constructor(state: TaskState, execution: NodeExecution) {
    this.#state = state;
    this.#execution = execution;
    this.#nodes = orderNodes(state.plan?.nodes ?? [], state.accepted.request.nodeOrder);
    state.fleet.open(this.#nodes);
    const onDefect = (error: unknown): void => {
      this.#defects.push(error);
    };
    this.#preflights = new RepeatedPreflights(state, this.#nodes, {
      onRefused: (report) => {
        this.#record(report);
      },
      onDefect,
    });
    this.#turns = new TaskTurns(state, this.#nodes, {
      onFailed: (nodeNames, error) => this.#preflights.refuse(nodeNames, error),
      onDefect,
    });
    this.#scope.cancelRequested.catch(() => {
      this.#stop('cancelled');
    });
  }

  /** In the order in which they ended; also those of earlier runs of the task. */
  get failedInOrder(): readonly NodeReport[] {
    return [...this.#state.reports.values()].filter(({ outcome }) => outcome !== 'Decommissioned');
  }

  get isDone(): boolean {
    return this.#state.fleet.nodes.every((node) => node.state === 'decommissioned');
  }

  /** Returns why nodes were not started; empty: every one was. */
  async toEnd(): Promise<string> {
    const { fleet } = this.#state;
    // Those that an earlier run of the task has started.
    for (const nodeName of fleet.namesIn('running', 'parked', 'resumed')) this.#begin(nodeName);
    for (;;) {
      const plan = this.#plan();
      if (plan.stop !== undefined) this.#stop(plan.stop);
      for (const nodeName of this.#preflights.admit(this.#takeTurns(plan))) this.#start(nodeName);
      fleet.waits = this.#describeWaits(plan);
      if (fleet.runningCount === 0 && fleet.namesIn('waiting').length === 0) break;
      if (plan.stop === undefined) this.#undoFailed();
      else this.#leaveFailed();
      if (this.#mayContinueAsNew()) await this.#continueAsNew();
      else await this.#awaitChange();
    }
    await this.#preflights.toEnd();
    await this.#turns.toEnd();
    await Promise.all(this.#undoing);
    return this.#why;
  }

  /**
   * While its running nodes need nothing of the task but that it waits for their end, parked or not. A cancellation is not carried over to
   * the next run: the run that has received it ends the task.
   */
  #mayContinueAsNew(): boolean {
    const isSettled = this.#state.fleet.isAttached && this.#undoingCount === 0 && this.#defects.length === 0;
    return (
      isSettled &&
      !this.#preflights.isRunning &&
      !this.#turns.isBusy &&
      !this.#scope.consideredCancelled &&
      this.#execution.isContinueAsNewSuggested()
    );
  }

  /** Returns only when something has changed meanwhile. */
  async #continueAsNew(): Promise<void> {
    await awaitHandlers();
    if (this.#mayContinueAsNew()) await this.#execution.continueAsNew(this.#state);
  }

  #plan(): StartPlan {
    const { fleet, gate, accepted } = this.#state;
    const plan = planStarts({
      nodes: fleet.nodes,
      limits: toFleetLimits(accepted.request),
      isPaused: gate.paused !== undefined,
      isCancelled: this.#scope.consideredCancelled,
      ...definedFields({ closedWindow: fleet.closedWindow }),
    });
    if (!this.#execution.isContinueAsNewSuggested() || plan.start.length === 0) return this.#show(plan);
    return this.#show({ start: [], waits: 'the task continues as new before other nodes start' });
  }

  #show(plan: StartPlan): StartPlan {
    this.#state.fleet.waits = plan.waits;
    return plan;
  }

  #takeTurns({ start }: StartPlan): readonly string[] {
    return this.#turns.admit(start, {
      isHeldBack: (nodeName) => this.#preflights.isHeldBack(nodeName),
      isContinuing: this.#execution.isContinueAsNewSuggested(),
    });
  }

  #describeWaits(plan: StartPlan): string {
    const others = this.#preflights.describeWaits(plan.start) || plan.waits;
    return [this.#turns.waits, others].filter((text) => text !== '').join('; ');
  }

  #start(nodeName: string): void {
    this.#turns.start(nodeName);
    this.#state.fleet.start(nodeName);
    this.#begin(nodeName);
  }

  #begin(nodeName: string): void {
    const node = this.#nodes.find((each) => each.nodeName === nodeName);
    if (node) void this.#run(node);
  }

  /** Never rejects: a defect is thrown by the loop. */
  async #run(node: NodePlan): Promise<void> {
    const { fleet } = this.#state;
    try {
      await this.#recordPreflight(node.nodeName);
      const report = await sendNode(this.#state, this.#execution, node, fleet.namesIn('waiting'));
      // Without a wait between this and its end: a decision sees both or none.
      if (report === undefined) fleet.giveUp([node.nodeName]);
      else this.#record(report);
    } catch (error) {
      this.#defects.push(error);
    } finally {
      fleet.end(node.nodeName);
    }
  }

  /** Of a node that starts; one that an earlier run of the task has started has none. */
  async #recordPreflight(nodeName: string): Promise<void> {
    const message = this.#preflights.messageOf(nodeName);
    if (message === undefined) return;
    await this.#state.stepRegardless('preflight', [nodeName], () => Promise.resolve(message));
    this.#state.fleet.describeAgain();
  }

  #record(report: NodeReport): void {
    recordEnd(this.#state, report);
    // What could not be undone needs an operator: nothing of it is repeated while the others run.
    const isUndone = report.outcome === 'Decommissioned' || report.outcome === 'RollbackIncomplete';
    if (report.outcome === 'RollbackIncomplete') this.#turns.leave([report.nodeName]);
    if (!isUndone) this.#toUndo = [...this.#toUndo, report.nodeName];
  }

  /** Without another node that runs, the end of the task undoes everything. */
  #stop(stop: FleetStop): void {
    const { fleet } = this.#state;
    this.#why ||= describeStop(stop, fleet.nodes);
    const waiting = fleet.namesIn('waiting');
    fleet.giveUp(waiting);
    this.#preflights.stop();
    if (fleet.runningCount > 0 && waiting.length > 0) this.#undoNodes(waiting);
  }

  /** A node that failed is free again while the others run: its own workflow has undone the cordon, its lock is left. */
  #undoFailed(): void {
    if (this.#toUndo.length > 0) this.#undoNodes(this.#toUndo);
    this.#toUndo = [];
  }

  /** Its lock is released at the end of the task. */
  #leaveFailed(): void {
    if (this.#state.fleet.runningCount > 0) this.#turns.leave(this.#toUndo);
    this.#toUndo = [];
  }

  #undoNodes(nodeNames: readonly string[]): void {
    const { fleet } = this.#state;
    this.#undoingCount += 1;
    const undoing = CancellationScope.nonCancellable(() => undoNodes(this.#state, nodeNames)).finally(() => {
      this.#undoingCount -= 1;
      fleet.touch();
    });
    this.#undoing.push(undoing);
  }

  /** Also while the task is cancelled: the running nodes end by themselves. */
  async #awaitChange(): Promise<void> {
    const { fleet } = this.#state;
    const message = fleet.describeIfChanged();
    if (message !== undefined) this.#state.setMessage(message);
    else this.#state.refresh();
    const seen = fleet.revision;
    await CancellationScope.nonCancellable(() => condition(() => fleet.revision !== seen || this.#mayContinueAsNew()));
    const [defect] = this.#defects;
    // oxlint-disable-next-line typescript/only-throw-error -- rethrows what a node's run threw
    if (defect !== undefined) throw defect;
  }
}

const undoNodes = async (state: TaskState, nodeNames: readonly string[]): Promise<void> => {
  const isOfNodes = (entry: UndoEntry): boolean => 'target' in entry && nodeNames.includes(entry.target.nodeName);
  const results = await undoAll(state.accepted.context, state.undo.filter(isOfNodes));
  const over = results.filter(({ isOver }) => isOver);
  state.addUndone(over);
  state.forget(over.map(({ entry }) => entry));
  state.refresh();
};

const toFleetFailure = (state: TaskState, failed: readonly NodeReport[], why: string): Error => {
  const notStarted = describeNotStarted(state);
  const [first] = failed;
  if (first === undefined) {
    return ApplicationFailure.nonRetryable(joinSentences(`${notStarted}: ${why}`), FailureType.NodesNotStarted);
  }
  const failure = failed.find(({ outcome }) => outcome !== 'Cancelled');
  if (failure === undefined) return new CancelledFailure(`node ${first.nodeName} was cancelled`);
  const message = joinSentences(describeFailed(state, failed), notStarted);
  return ApplicationFailure.nonRetryable(message, failure.failure?.type ?? failure.outcome);
};

const describeNotStarted = ({ fleet }: TaskState): string => {
  const { length } = fleet.namesIn('undone');
  return length === 0 ? '' : `${toCountText(length, 'node')} ${length === 1 ? 'was' : 'were'} not started`;
};

const describeFailed = ({ fleet }: TaskState, failed: readonly NodeReport[]): string => {
  const sentences = failed.map(
    ({ nodeName, outcome, failure }) => `node ${nodeName}: ${failure?.message ?? `ended as ${outcome}`}`,
  );
  if (sentences.length === 1) return sentences[0] ?? '';
  const listed = toShortList(sentences.map(withoutFullStop), MAX_FAILURES_LISTED, '; ');
  return `${failed.length} of ${fleet.nodes.length} nodes could not be decommissioned: ${listed}`;
};
