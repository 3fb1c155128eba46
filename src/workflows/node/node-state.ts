import {
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { SignalDefinition } from '@temporalio/common';
import { toCountText } from '../../domain/text/counts.ts';
import { joinSentences } from '../../domain/text/join-sentences.ts';
import type { Machine } from '../../domain/machine/machine.ts';
import { canReportProgress } from '../../domain/run/drain-progress.ts';
import type {
  FailureReport,
  HostReport,
  MachineReport,
  NodeReport,
  Outcome,
  PodReport,
  RemainingReport,
  StepName,
  UndoReport,
} from '../../domain/run/report.ts';
import { describeIgnoredCancellation, type PointOfNoReturn } from '../../domain/run/point-of-no-return.ts';
import type { NodeStatus, RunStatus } from '../../domain/run/status.ts';
import { completeStepLog, endStep, skipStep, startStep, type StepLog } from '../../domain/run/step-log.ts';
import { describeClosedNode } from '../../domain/windows/describe-window.ts';
import type { ContinuedNode, EvictionTarget, NodeWorkflowInput } from '../../domain/run/context.ts';
import { toNodeTarget, type NodeTarget } from '../../domain/node/node-target.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { toFailureReport } from '../runtime/failure-report.ts';
import { MEMO_POINT_OF_NO_RETURN, nodeParkedSignal } from '../messages.ts';
import { LeavingPods } from './leaving-pods.ts';
import { NodeSteering } from './node-steering.ts';
import type { PauseGate } from '../runtime/pause-gate.ts';

const MAX_PROGRESS_LINES = 60;

const now = (): string => new Date().toISOString();

/** The state of one node while its steps run. */
export class NodeState {
  readonly input: NodeWorkflowInput;
  readonly gate: PauseGate;
  readonly target: NodeTarget;
  readonly leaving: LeavingPods;
  readonly undo: UndoReport[] = [];
  readonly notes: string[];
  /** Of its first run, RFC 3339. */
  readonly startedAt: string;
  readonly steering: NodeSteering;
  phase: RunStatus['phase'] = 'Draining';
  /** Milliseconds since the epoch; undefined: no deadline. */
  drainDeadlineAt: number | undefined;
  /** Milliseconds since the epoch. */
  drainStartedAt = 0;
  /** It is dead, and marked so: the cluster ends its pods. */
  isOutOfService = false;
  /** As last read: without DaemonSet pods. */
  nothingStays = false;
  outcome: Outcome | undefined;
  failure: FailureReport | undefined;
  failedStep: StepName | undefined;
  /** Once the host is verified as clean. */
  host: HostReport | undefined;
  /** Once its point of no return is marked; undefined then: the Node does not name it. */
  machine: Machine | undefined;
  /** Once its Node is deleted, and the machine ended or not. */
  machineEnd: MachineReport | undefined;
  /** Once its Node has stayed gone. */
  remaining: RemainingReport | undefined;
  #message = 'starting';
  #pointOfNoReturn: PointOfNoReturn | undefined;
  /** RFC 3339. */
  #cancelRequestedAt: string | undefined;
  /** Why it is parked. */
  #parkedFor: string | undefined;
  readonly #onChange: () => void;
  #drainProgress: readonly string[] = [];
  #log: StepLog;

  constructor(input: NodeWorkflowInput, gate: PauseGate, onChange: () => void) {
    const { pods = [], workloads = [], notes = [] } = input.continued ?? {};
    this.input = input;
    this.notes = [...notes];
    this.steering = new NodeSteering(input.continued?.steering);
    this.leaving = new LeavingPods(pods, workloads, this.steering);
    this.startedAt = input.continued?.startedAt ?? now();
    this.gate = gate;
    this.#onChange = onChange;
    this.#log = completeStepLog(input.steps);
    this.target = toNodeTarget(input.node);
  }

  /** Runs one step after a pause has ended. Throws what the step throws. */
  async step(name: StepName, work: () => Promise<string | undefined>): Promise<void> {
    await this.gate.pass();
    await this.stepRegardless(name, work);
  }

  /** The same without waiting for a pause to end: past the point of no return a pause has no effect. */
  async stepRegardless(name: StepName, work: () => Promise<string | undefined>): Promise<void> {
    this.#log = startStep(this.#log, name, now());
    this.setMessage(`${name} of node ${this.target.nodeName}`);
    try {
      const message = await work();
      this.#log = endStep(this.#log, name, 'Succeeded', now(), message);
    } catch (error) {
      const failure = toFailureReport(error);
      this.failedStep = name;
      if (!isCancellation(error)) this.failure = failure;
      this.#log = endStep(this.#log, name, 'Failed', now(), failure.message);
      throw error;
    } finally {
      this.#onChange();
    }
  }

  /** For a failure that is allowed: the step stays `Failed`, but the node does not. */
  clearFailure(): void {
    this.failedStep = undefined;
    this.failure = undefined;
  }

  /** For a step that has ended: what a repetition of its work did in the meantime, too. */
  amendStep(name: StepName, message: string): void {
    this.#log = this.#log.map((step) => (step.name === name ? { ...step, message } : step));
    this.#onChange();
  }

  skip(name: StepName, message: string): void {
    this.#log = skipStep(this.#log, name, message);
    this.#onChange();
  }

  markUndone(name: StepName): void {
    this.#log = endStep(this.#log, name, 'Undone', now());
    this.#onChange();
  }

  /** Sets the sentence that `status` shows. */
  setMessage(message: string): void {
    this.#message = message;
    this.#onChange();
  }

  get message(): string {
    const { closedWindow } = this.gate;
    const waits = closedWindow && this.phase === 'Draining' ? describeClosedNode(closedWindow) : undefined;
    return joinSentences(this.#message, waits, this.#ignoredCancellation);
  }

  /**
   * From now on a cancellation has no effect. `what`: as `PointOfNoReturn.what`. Clients read it from the memo, without a worker. False
   * when the point was passed before.
   */
  passPointOfNoReturn(what: string): boolean {
    if (this.#pointOfNoReturn) return false;
    const { nodeName } = this.target;
    const { laterNodeNames = this.#nodesAfterIt() } = this.input;
    this.#pointOfNoReturn = { what, at: now(), nodeName, laterNodeNames };
    upsertMemo({ [MEMO_POINT_OF_NO_RETURN]: this.#pointOfNoReturn });
    this.#onChange();
    return true;
  }

  /** In histories of version 0.1.0, the request has all nodes. */
  #nodesAfterIt(): readonly string[] {
    const { nodeNames } = this.input.task.request;
    return nodeNames.slice(nodeNames.indexOf(this.target.nodeName) + 1);
  }

  /** It is proven that nothing was done: the node can be undone. */
  clearPointOfNoReturn(): void {
    this.#pointOfNoReturn = undefined;
    upsertMemo({ [MEMO_POINT_OF_NO_RETURN]: null });
    this.#onChange();
  }

  /** Past the point of no return, status and report state that the cancellation has no effect. */
  noteCancellation(): void {
    this.#cancelRequestedAt ??= now();
    this.#onChange();
    const parkedFor = this.#parkedFor;
    if (parkedFor !== undefined) void CancellationScope.nonCancellable(() => this.#notifyTask(parkedFor));
  }

  get #ignoredCancellation(): string | undefined {
    const { outcome } = this;
    const isOver = outcome !== undefined && outcome !== 'NeedsOperator' && outcome !== 'Decommissioned';
    if (isOver || this.#cancelRequestedAt === undefined || this.#pointOfNoReturn === undefined) return undefined;
    return describeIgnoredCancellation(this.#cancelRequestedAt, this.#pointOfNoReturn);
  }

  /** Adds notes to the report, each one once. */
  note(notes: readonly string[]): void {
    for (const note of notes) if (!this.notes.includes(note)) this.notes.push(note);
  }

  /** By UID: the pods whose eviction has ended at least once. */
  get pods(): ReadonlyMap<string, PodReport> {
    return this.leaving.ended;
  }

  /** Without those that an operator has skipped. */
  withoutSkipped(pods: readonly EvictionTarget[]): readonly EvictionTarget[] {
    return pods.filter(({ uid }) => this.steering.skippedBy(uid) === undefined);
  }

  startEvictions(pods: readonly EvictionTarget[], waitingCount = 0): void {
    for (const pod of pods) this.leaving.start(pod);
    const waiting = waitingCount === 0 ? '' : `; ${toCountText(waitingCount, 'system-critical pod')} after them`;
    this.setMessage(`evicting ${toCountText(pods.length, 'pod')} from node ${this.target.nodeName}${waiting}`);
  }

  /** Its eviction is sent again. */
  resumeEviction(pod: EvictionTarget): void {
    this.leaving.start(pod);
    this.#onChange();
  }

  endEviction(pod: EvictionTarget, end: Omit<PodReport, 'namespace' | 'name' | 'uid'>): void {
    this.leaving.end(pod, end);
    this.#onChange();
  }

  /** Stores progress lines from a signal: only strings, only while pods are being evicted, and only while the history has room. */
  setDrainProgress(lines: unknown): void {
    if (!Array.isArray(lines) || !this.leaving.isEvicting) return;
    const { historyLength: events, historySize: bytes } = workflowInfo();
    if (!canReportProgress({ events, bytes })) return;
    this.#drainProgress = lines.filter((line): line is string => typeof line === 'string').slice(0, MAX_PROGRESS_LINES);
    this.#onChange();
  }

  get drainProgress(): readonly string[] {
    return this.leaving.isEvicting ? this.#drainProgress : [];
  }

  /** RFC 3339. */
  get opensAt(): string | undefined {
    const changesAt = this.gate.closedWindow?.changesAt;
    return changesAt === undefined ? undefined : new Date(changesAt).toISOString();
  }

  /** Its name while it waits for an approval. */
  get awaitsApproval(): readonly string[] | undefined {
    return this.steering.awaits === undefined ? undefined : [this.target.nodeName];
  }

  get isEvicting(): boolean {
    return this.#log.some(({ name, status }) => name === 'evict' && status === 'Running');
  }

  /** Waits for an operator past the point of no return, and notifies the task. */
  async park(error: unknown): Promise<void> {
    const failure = toFailureReport(error);
    const seenCount = this.gate.resumeCount;
    this.failure = failure;
    this.outcome = 'NeedsOperator';
    this.phase = 'NeedsOperator';
    this.#parkedFor = failure.message;
    this.setMessage(`waiting for an operator: ${failure.message} Then \`resume\` the run.`);
    await this.#notifyTask(failure.message);
    await this.gate.awaitResume(seenCount);
    this.notes.push(`was parked: ${failure.message}`);
    this.failure = undefined;
    this.outcome = undefined;
    this.phase = 'Finishing';
    this.#parkedFor = undefined;
    this.setMessage('resumed by an operator: the decommission continues, and nothing is undone.');
    await this.#notifyTask('');
  }

  toStatus(): NodeStatus {
    const { nodeName } = this.target;
    const { outcome, failedStep } = this;
    const { estimate } = this.input.node;
    return {
      nodeName,
      steps: this.#log,
      pods: this.leaving.toStatuses(),
      ...definedFields({ outcome, failedStep, estimate }),
      ...(this.drainDeadlineAt === undefined ? {} : { drainDeadlineAt: new Date(this.drainDeadlineAt).toISOString() }),
    };
  }

  toContinued(drain: ContinuedNode['drain']): Required<Pick<NodeWorkflowInput, 'steps' | 'continued'>> {
    const { startedAt, notes } = this;
    const { paused } = this.gate;
    const { workloads } = this.leaving;
    const continued = {
      startedAt,
      pods: this.leaving.toReports(),
      workloads,
      notes,
      steering: this.steering.toData(),
      drain,
      ...definedFields({ paused }),
    };
    return { steps: this.#log, continued };
  }

  toReport(outcome: Outcome): NodeReport {
    this.outcome = outcome;
    this.phase = 'Closed';
    this.setMessage(`node ${this.target.nodeName}: ${outcome}`);
    const ignored = this.#ignoredCancellation;
    if (ignored !== undefined) this.note([ignored]);
    const { failedStep, failure, host, machineEnd: machine, remaining } = this;
    const steering = this.steering.records.length === 0 ? undefined : this.steering.records;
    return {
      nodeName: this.target.nodeName,
      nodeUid: this.target.nodeUid,
      outcome,
      steps: this.#log,
      pods: this.leaving.toReports(),
      undo: this.undo,
      notes: this.notes,
      ...definedFields({ failedStep, failure, host, machine, remaining, steering }),
    };
  }

  async #notifyTask(message: string): Promise<void> {
    const { nodeName } = this.target;
    const note = definedFields({ note: this.#ignoredCancellation });
    await this.signalTask(nodeParkedSignal, { nodeName, message, ...note });
  }

  /** Never throws: a task that is gone must not stop its node's workflow from closing. */
  async signalTask<Content>(signal: SignalDefinition<[Content]>, content: Content): Promise<void> {
    const { parent } = workflowInfo();
    if (!parent) return;
    try {
      await getExternalWorkflowHandle(parent.workflowId).signal(signal, content);
    } catch (error) {
      this.notes.push(`could not notify the task: ${toFailureReport(error).message}`);
    }
  }
}
