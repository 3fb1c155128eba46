import { upsertMemo } from '@temporalio/workflow';
import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import { joinSentences } from '../../domain/text/join-sentences.ts';
import { toPlanWithoutPods } from '../../domain/plan/without-pods.ts';
import { toPlannedWorkloads } from '../../domain/plan/planned-workloads.ts';
import type { EarlierMarks } from '../../domain/node/repair-commands.ts';
import {
  toTaskOutcome,
  type DecommissionReport,
  type FailureReport,
  type NodeReport,
  type Outcome,
  type StepName,
  type UndoReport,
} from '../../domain/run/report.ts';
import { describeIgnoredCancellation, type PointOfNoReturn } from '../../domain/run/point-of-no-return.ts';
import type { NodeStatus, RunStatus } from '../../domain/run/status.ts';
import { toListedSteps } from '../../domain/run/compact-steps.ts';
import { completeStepLog, endStep, startStep, type StepLog } from '../../domain/run/step-log.ts';
import type { AcceptedTask } from '../../domain/run/context.ts';
import { toNodeTarget, type NodeTarget } from '../../domain/node/node-target.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { toContinuedUndo, type ContinuedTask } from './continued-task.ts';
import { FleetState, type StartedChild } from './fleet-state.ts';
import type { NodeState } from '../node/node-state.ts';
import { MEMO_POINT_OF_NO_RETURN } from '../messages.ts';
import { PauseGate } from '../runtime/pause-gate.ts';
import { showStatus } from '../runtime/show-status.ts';
import type { UndoEntry, UndoResult } from '../runtime/undo.ts';

const now = (): string => new Date().toISOString();

/** The state of a task while it prepares its nodes, decommissions them, and finishes or undoes its changes. */
export class TaskState {
  readonly gate: PauseGate;
  undo: readonly UndoEntry[];
  readonly undone: UndoReport[] = [];
  readonly reports = new Map<string, NodeReport>();
  readonly startedAt: string;
  phase: RunStatus['phase'] = 'Starting';
  message = 'checking the request';
  task: AcceptedTask | undefined;
  plan: DecommissionPlan | null = null;
  failure: FailureReport | undefined;
  outcome: Outcome | undefined;
  /** The node that runs in this workflow itself (decommissionNode without a task). */
  inlineRun: NodeState | undefined;
  readonly fleet: FleetState;
  /** Of messages to nodes, by id: why the node refuses it; undefined: no answer yet. */
  readonly answers = new Map<string, string | undefined>();
  /** Why the task itself is parked, after its last node. */
  #parkedMessage = '';
  /** Set once it finishes after its last node. */
  #pointOfNoReturn: PointOfNoReturn | undefined;
  /** RFC 3339. */
  #cancelRequestedAt: string | undefined;
  #steps = new Map<string, StepLog>();
  #plannedWorkloads: ReadonlyMap<string, readonly string[]> = new Map();
  readonly #failedSteps = new Map<string, StepName>();

  constructor(continued?: ContinuedTask) {
    this.startedAt = continued?.startedAt ?? now();
    this.undo = continued?.undo ?? [];
    this.fleet = new FleetState(this.reports, continued?.fleet);
    this.gate = new PauseGate(() => {
      this.fleet.touch();
      this.refresh();
    }, continued?.paused);
    if (!continued) return;
    this.undone.push(...(continued.undone ?? []));
    this.task = continued.task;
    this.plan = continued.plan;
    this.#plannedWorkloads = new Map(continued.plannedWorkloads);
    this.#steps = new Map(continued.steps);
    for (const report of continued.reports) this.reports.set(report.nodeName, report);
  }

  /** The task once its request is accepted. */
  get accepted(): AcceptedTask {
    if (!this.task) throw new Error('the task is not accepted yet');
    return this.task;
  }

  takePlan(plan: DecommissionPlan): void {
    this.plan = plan;
    this.#plannedWorkloads = toPlannedWorkloads(plan);
  }

  /** Keys of the node's workloads in the plan; undefined when the plan was too large to list them. */
  plannedWorkloadsOf(nodeName: string): readonly string[] | undefined {
    return this.#plannedWorkloads.get(nodeName);
  }

  /** What the cordon recorded; undefined when its response was lost. */
  earlierMarksOf(nodeName: string): EarlierMarks | undefined {
    const cordons = this.undo.filter((entry) => entry.kind === 'cordon');
    return cordons.find(({ target }) => target.nodeName === nodeName)?.earlier;
  }

  get targets(): readonly NodeTarget[] {
    return (this.plan?.nodes ?? []).map(toNodeTarget);
  }

  stepsOf(nodeName: string): StepLog {
    return completeStepLog(this.#steps.get(nodeName) ?? []);
  }

  /** Runs one step of the task for these nodes, recorded for each, once a pause has ended. Throws what the step throws. */
  async step(name: StepName, nodeNames: readonly string[], work: () => Promise<string>): Promise<void> {
    await this.gate.pass();
    await this.stepRegardless(name, nodeNames, work);
  }

  /** The same while the task is paused. */
  async stepRegardless(name: StepName, nodeNames: readonly string[], work: () => Promise<string>): Promise<void> {
    this.#record(nodeNames, (log) => startStep(log, name, now()));
    this.setMessage(
      `${name} of ${nodeNames.length === 1 ? `node ${nodeNames[0] ?? ''}` : `${nodeNames.length} nodes`}`,
    );
    try {
      const message = await work();
      this.#record(nodeNames, (log) => endStep(log, name, 'Succeeded', now(), message));
    } catch (error) {
      this.#record(nodeNames, (log) => endStep(log, name, 'Failed', now()));
      for (const nodeName of nodeNames) this.#failedSteps.set(nodeName, name);
      throw error;
    } finally {
      this.refresh();
    }
  }

  /** Registers a change to undo. Call it before the step that makes the change. */
  register(entry: UndoEntry): void {
    this.undo = [...this.undo, entry];
  }

  /** Replaces an entry with one that has more detail about the change. */
  amend(entry: UndoEntry, by: UndoEntry): void {
    this.undo = this.undo.map((each) => (each === entry ? by : each));
  }

  /** Removes entries that the task no longer has to undo. */
  forget(entries: readonly UndoEntry[]): void {
    this.undo = this.undo.filter((entry) => !entries.includes(entry));
  }

  /** Records the results of an undo. A step that succeeded and is undone becomes `Undone`; a failed one stays `Failed`. */
  addUndone(results: readonly UndoResult[]): void {
    for (const { entry, reports, isOver } of results) {
      this.undone.push(...reports);
      if (isOver && entry.kind === 'cordon') this.#markUndone('cordon', [entry.target.nodeName]);
      if (isOver && entry.kind === 'budgets') this.#markUndone('budgets', this.#nodeNames());
    }
  }

  /** Moves the report's steps to the task's own log, so that they are stored once. */
  addReport(report: NodeReport): void {
    this.reports.set(report.nodeName, { ...report, steps: [] });
    this.#steps.set(report.nodeName, report.steps);
    this.refresh();
  }

  /** Adds a note to the report of a node that has ended. */
  addNote(nodeName: string, note: string): void {
    const report = this.reports.get(nodeName);
    if (!report || report.notes.includes(note)) return;
    this.reports.set(nodeName, { ...report, notes: [...report.notes, note] });
  }

  /** All nodes are decommissioned: from now on a cancellation has no effect. */
  passPointOfNoReturn(): void {
    this.#pointOfNoReturn = { what: 'finishing the task after its last node', at: now(), laterNodeNames: [] };
    upsertMemo({ [MEMO_POINT_OF_NO_RETURN]: this.#pointOfNoReturn });
  }

  noteCancellation(): void {
    this.#cancelRequestedAt ??= now();
    this.refresh();
  }

  noteResume(by: string): void {
    const sentence = this.fleet.resumeAll(by);
    if (sentence !== undefined) this.setMessage(sentence);
  }

  failedStepOf(nodeName: string): StepName | undefined {
    return this.#failedSteps.get(nodeName);
  }

  /** A sentence for status and report; undefined unless a cancellation has no effect. Nodes have their own note. */
  get ignoredCancellation(): string | undefined {
    if (this.#cancelRequestedAt === undefined || this.#pointOfNoReturn === undefined) return undefined;
    return this.#cancelRequestedAt < this.#pointOfNoReturn.at
      ? `Cancellation was requested at ${this.#cancelRequestedAt}, past the point of no return: it had no effect.`
      : describeIgnoredCancellation(this.#cancelRequestedAt, this.#pointOfNoReturn);
  }

  /** Waits for an operator, past the point of no return. */
  async park(why: string): Promise<void> {
    const seenCount = this.gate.resumeCount;
    this.#parkedMessage = `waiting for an operator: ${why} Then \`resume\` the run.`;
    this.refresh();
    await this.gate.awaitResume(seenCount);
    this.#parkedMessage = '';
    this.refresh();
  }

  setMessage(message: string): void {
    this.message = message;
    this.refresh();
  }

  refresh(): void {
    showStatus(this.toStatus(), this.inlineRun?.drainProgress ?? [], this.task?.searchAttributes);
  }

  toStatus(): RunStatus {
    const { paused } = this.gate;
    const parked = this.#whyParked();
    const phase = this.inlineRun?.phase ?? this.phase;
    const isPaused = paused !== undefined && (phase === 'Preparing' || phase === 'Draining');
    const current = isPaused
      ? ({ phase: 'Paused', message: this.#withUndelivered(`paused by ${paused.by}: ${paused.reason}`) } as const)
      : {
          phase,
          message:
            this.inlineRun?.message ??
            this.#withUndelivered(this.#toMessage(joinSentences(this.message, ...this.fleet.messages))),
        };
    return {
      ...this.#name(),
      ...(parked ? ({ phase: 'NeedsOperator', message: this.#withUndelivered(parked) } as const) : current),
      nodes: this.#nodeNames().map((nodeName) => this.#toNodeStatus(nodeName)),
      ...this.fleet.toStatus(),
      ...definedFields({ paused, outcome: parked ? ('NeedsOperator' as const) : this.outcome }),
    };
  }

  /** `outcomeOfOthers`: the outcome of nodes without a report of their own. */
  toReport(outcomeOfOthers: Outcome, message: string): DecommissionReport {
    const nodes = this.#nodeNames().map((nodeName) => this.#toNodeReport(nodeName, outcomeOfOthers));
    const outcomes = nodes.length > 0 ? nodes.map((node) => node.outcome) : [outcomeOfOthers];
    const isIncomplete = this.undone.some(({ status }) => status === 'Failed');
    this.outcome = toTaskOutcome(isIncomplete ? [...outcomes, 'RollbackIncomplete'] : outcomes);
    this.phase = 'Closed';
    this.setMessage(message);
    const { failure, undone: undo, outcome } = this;
    return { ...this.#name(), outcome, endedAt: now(), message, nodes, undo, ...definedFields({ failure }) };
  }

  toContinued(): ContinuedTask {
    const { task, plan } = this;
    if (!task || !plan) throw new Error('a task continues as new only after its plan');
    const { paused } = this.gate;
    return {
      kind: 'continuedTask',
      task,
      plan: toPlanWithoutPods(plan),
      fleet: this.fleet.toContinued(),
      plannedWorkloads: [...this.#plannedWorkloads].filter(([nodeName]) => this.fleet.isWaiting(nodeName)),
      undo: toContinuedUndo(this.undo, this.#nodeNames().length),
      undone: this.undone,
      steps: [...this.#steps].map(([nodeName, log]) => [nodeName, this.#toListed(log)] as const),
      reports: [...this.reports.values()],
      startedAt: this.startedAt,
      ...definedFields({ paused }),
    };
  }

  #name(): Pick<
    RunStatus,
    'version' | 'taskId' | 'cluster' | 'clusterAddress' | 'requestedBy' | 'reason' | 'startedAt'
  > {
    const { taskId = '', cluster = '', requestedBy, reason } = this.task?.request ?? {};
    const known = definedFields({ clusterAddress: this.task?.clusterAddress, requestedBy, reason });
    return { version: 1, taskId, cluster, startedAt: this.startedAt, ...known };
  }

  #toMessage(message: string): string {
    return this.phase === 'Closed' || message === '' ? message : joinSentences(message, this.ignoredCancellation);
  }

  #withUndelivered(message: string): string {
    const { undelivered } = this.fleet;
    return undelivered.length === 0 ? message : joinSentences(message, ...undelivered);
  }

  #whyParked(): string {
    const ofNodes = this.fleet.needsOperator ? joinSentences(...this.fleet.parkedMessages) : '';
    const ofInlineRun = this.inlineRun?.phase === 'NeedsOperator' ? this.inlineRun.message : '';
    return this.#toMessage(this.#parkedMessage || ofNodes) || ofInlineRun;
  }

  #nodeNames(): readonly string[] {
    return this.task?.request.nodeNames ?? [];
  }

  #toListed(log: StepLog): StepLog {
    return toListedSteps(log, this.#nodeNames().length);
  }

  #markUndone(name: StepName, nodeNames: readonly string[]): void {
    for (const nodeName of nodeNames) {
      const hasSucceeded = this.stepsOf(nodeName).some((step) => step.name === name && step.status === 'Succeeded');
      if (!hasSucceeded || this.reports.get(nodeName)?.outcome === 'Decommissioned') continue;
      this.#record([nodeName], (log) => endStep(log, name, 'Undone', now()));
    }
  }

  #record(nodeNames: readonly string[], change: (log: StepLog) => StepLog): void {
    for (const nodeName of nodeNames) this.#steps.set(nodeName, change(this.stepsOf(nodeName)));
  }

  #toNodeStatus(nodeName: string): NodeStatus {
    if (this.inlineRun?.target.nodeName === nodeName) return this.inlineRun.toStatus();
    const {
      outcome,
      failedStep = this.#failedSteps.get(nodeName),
      ...ended
    }: Partial<NodeReport> = this.reports.get(nodeName) ?? {};
    const { workflowId = ended.childWorkflowId, runId = ended.childRunId } =
      this.fleet.childOf(nodeName) ?? ({} as Partial<StartedChild>);
    const estimate = this.plan?.nodes.find((node) => node.nodeName === nodeName)?.estimate;
    return {
      nodeName,
      steps: this.#toListed(this.stepsOf(nodeName)),
      pods: [],
      ...definedFields({ outcome, failedStep, estimate, childWorkflowId: workflowId, childRunId: runId }),
    };
  }

  #toNodeReport(nodeName: string, outcomeOfOthers: Outcome): NodeReport {
    const report = this.reports.get(nodeName);
    const steps = this.#toListed(this.stepsOf(nodeName));
    if (report) return { ...report, steps };
    const target = this.targets.find((each) => each.nodeName === nodeName);
    return {
      nodeName,
      outcome: outcomeOfOthers,
      steps,
      pods: [],
      undo: [],
      notes: [],
      ...definedFields({ nodeUid: target?.nodeUid, failedStep: this.#failedSteps.get(nodeName) }),
    };
  }
}
