import { getExternalWorkflowHandle, isCancellation, workflowInfo } from '@temporalio/workflow';
import { toCountText } from '../../domain/text/counts.ts';
import { canReportProgress } from '../../domain/run/drain-progress.ts';
import type { FailureReport, NodeReport, Outcome, PodReport, StepName, UndoReport } from '../../domain/run/report.ts';
import type { NodeStatus, PodStatus, RunStatus } from '../../domain/run/status.ts';
import { completeStepLog, endStep, skipStep, startStep, type StepLog } from '../../domain/run/step-log.ts';
import { readRecordedTask, type EvictionTarget, type NodeWorkflowInput } from '../../domain/run/context.ts';
import { toNodeTarget, type NodeTarget } from '../../domain/node/node-target.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { toFailureReport } from '../runtime/failure-report.ts';
import { nodeParkedSignal } from '../messages.ts';
import type { PauseGate } from '../runtime/pause-gate.ts';

const MAX_PICTURE_LINES = 60;

const now = (): string => new Date().toISOString();

/** One node on its way out of service: what is known of it while its steps run. */
export class NodeState {
  readonly input: NodeWorkflowInput;
  readonly gate: PauseGate;
  readonly target: NodeTarget;
  readonly pods = new Map<string, PodReport>();
  readonly volumeNames = new Set<string>();
  readonly undo: UndoReport[] = [];
  readonly notes: string[] = [];
  phase: RunStatus['phase'] = 'Draining';
  message = 'starts';
  /** Milliseconds since the epoch. */
  drainDeadlineAt: number | undefined;
  outcome: Outcome | undefined;
  failure: FailureReport | undefined;
  /** Evicted pods' mounts on the host have not been looked at: to be done before its kubelet is stopped. */
  hasUnseenMounts = false;
  failedStep: StepName | undefined;
  readonly #evicting = new Map<string, EvictionTarget>();
  readonly #onChange: () => void;
  #picture: readonly string[] = [];
  #log: StepLog;

  constructor(input: NodeWorkflowInput, gate: PauseGate, onChange: () => void) {
    this.input = { ...input, task: readRecordedTask(input.task) };
    this.gate = gate;
    this.#onChange = onChange;
    this.#log = completeStepLog(input.steps);
    this.target = toNodeTarget(input.node);
  }

  /** Runs one step of the runbook once no pause holds it. What the step throws is thrown. */
  async step(name: StepName, work: () => Promise<string | undefined>): Promise<void> {
    await this.gate.pass();
    await this.stepRegardless(name, work);
  }

  /** The same, paused or not: past the point of no return nothing is won by waiting. */
  async stepRegardless(name: StepName, work: () => Promise<string | undefined>): Promise<void> {
    this.#log = startStep(this.#log, name, now());
    this.say(`${name} of node ${this.target.nodeName}`);
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

  /** What failed was allowed to: the step stays as it is, the node's end is not its failure. */
  forgive(): void {
    this.failedStep = undefined;
    this.failure = undefined;
  }

  skip(name: StepName, message: string): void {
    this.#log = skipStep(this.#log, name, message);
    this.#onChange();
  }

  markUndone(name: StepName): void {
    this.#log = endStep(this.#log, name, 'Undone', now());
    this.#onChange();
  }

  /** One sentence for `status`: what happens now. */
  say(message: string): void {
    this.message = message;
    this.#onChange();
  }

  /** For the report; what was said already is not said again. */
  note(notes: readonly string[]): void {
    for (const note of notes) if (!this.notes.includes(note)) this.notes.push(note);
  }

  startEvictions(pods: readonly EvictionTarget[]): void {
    for (const pod of pods) {
      this.#evicting.set(pod.uid, pod);
      for (const volumeName of pod.volumeNames) this.volumeNames.add(volumeName);
    }
    this.say(`evicting ${toCountText(pods.length, 'pod')} from node ${this.target.nodeName}`);
  }

  endEviction(pod: EvictionTarget, end: Omit<PodReport, 'namespace' | 'name' | 'uid'>): void {
    this.#evicting.delete(pod.uid);
    const earlier = this.pods.get(pod.uid);
    // Recalled by a pause after it was accepted, then seen to be gone: that was our eviction.
    const outcome = end.outcome === 'Gone' && earlier?.evictedAt !== undefined ? 'Evicted' : end.outcome;
    this.pods.set(pod.uid, { namespace: pod.namespace, name: pod.name, uid: pod.uid, ...earlier, ...end, outcome });
    this.#onChange();
  }

  /** Lines of the coordinator's picture, from a signal: only text is taken, and only while pods are on their way and history has room. */
  takePicture(lines: unknown): void {
    if (!Array.isArray(lines) || this.#evicting.size === 0) return;
    if (!canReportProgress(workflowInfo().historyLength)) return;
    this.#picture = lines.filter((line): line is string => typeof line === 'string').slice(0, MAX_PICTURE_LINES);
    this.#onChange();
  }

  get picture(): readonly string[] {
    return this.#evicting.size === 0 ? [] : this.#picture;
  }

  /** Waits for a person past the point of no return, and lets the task know. */
  async park(error: unknown): Promise<void> {
    const failure = toFailureReport(error);
    const seenCount = this.gate.resumeCount;
    this.failure = failure;
    this.outcome = 'NeedsOperator';
    this.phase = 'NeedsOperator';
    this.say(`needs a person: ${failure.message} Then \`resume\`.`);
    await this.#notifyTask(failure.message);
    await this.gate.awaitResume(seenCount);
    this.notes.push(`was parked: ${failure.message}`);
    this.failure = undefined;
    this.outcome = undefined;
    this.phase = 'Finishing';
    this.say('goes on after a person said so');
    await this.#notifyTask('');
  }

  toStatus(): NodeStatus {
    const { nodeName } = this.target;
    const { outcome, failedStep } = this;
    const going: PodStatus[] = [...this.#evicting.values()].map(({ namespace, name, uid }) => ({
      namespace,
      name,
      uid,
      state: 'Evicting',
    }));
    const ended: PodStatus[] = [...this.pods.values()]
      .filter(({ uid }) => !this.#evicting.has(uid))
      .map((pod) => ({ namespace: pod.namespace, name: pod.name, uid: pod.uid, state: pod.outcome }));
    return {
      nodeName,
      steps: this.#log,
      pods: [...going, ...ended],
      ...definedFields({ outcome, failedStep }),
      ...(this.drainDeadlineAt === undefined ? {} : { drainDeadlineAt: new Date(this.drainDeadlineAt).toISOString() }),
    };
  }

  toReport(outcome: Outcome): NodeReport {
    this.outcome = outcome;
    this.phase = 'Closed';
    this.say(`node ${this.target.nodeName}: ${outcome}`);
    const { failedStep, failure } = this;
    return {
      nodeName: this.target.nodeName,
      nodeUid: this.target.nodeUid,
      outcome,
      steps: this.#log,
      pods: [...this.pods.values()],
      undo: this.undo,
      notes: this.notes,
      ...definedFields({ failedStep, failure }),
    };
  }

  /** A task that is gone cannot be told, and must not keep its node from ending. */
  async #notifyTask(message: string): Promise<void> {
    const { parent } = workflowInfo();
    if (!parent) return;
    try {
      await getExternalWorkflowHandle(parent.workflowId).signal(nodeParkedSignal, {
        nodeName: this.target.nodeName,
        message,
      });
    } catch (error) {
      this.notes.push(`the task could not be told: ${toFailureReport(error).message}`);
    }
  }
}
