import { CancellationScope, condition, makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import { ReturningPods } from '../../domain/eviction/returning-pods.ts';
import type { ReplacedWorkload } from '../../domain/replacements/replaced-workload.ts';
import type { ContinuedNode, NodeWorkflowInput } from '../../domain/run/context.ts';
import { awaitHandlers } from '../runtime/close-workflow.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import type { NodeState } from './node-state.ts';

/**
 * True once a wait that began with a history of `seenLength` events has a longer one, which the server suggests to end. A wait in which
 * nothing has happened is not ended: every run makes some progress.
 */
export const isHistoryLong = (seenLength: number): boolean => {
  const { parent, continueAsNewSuggested, historyLength } = workflowInfo();
  return parent !== undefined && continueAsNewSuggested && historyLength > seenLength;
};

/** What the drain of a node keeps when its workflow continues as new. */
export class DrainMemory {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly returning: ReturningPods;
  /** By UID: workloads whose replacements are waited for, as they were when their first pod was seen. */
  readonly replaced: Map<string, ReplacedWorkload>;
  /** Milliseconds since the epoch: when the wait for these began; undefined: it has not. */
  replacementsAwaitedFrom: number | undefined;
  readonly #state: NodeState;
  #pausedBefore: number;
  /** Milliseconds since the epoch: the beginning of a wait that does not count for the deadline. */
  #waitsFrom: number | undefined;

  /** `startedAt`: of a drain that begins now. */
  constructor(state: NodeState) {
    const earlier = state.input.continued?.drain;
    this.#state = state;
    this.startedAt = earlier?.startedAt ?? Date.now();
    this.returning = new ReturningPods(earlier?.returning);
    this.replaced = new Map();
    this.observeReplaced(earlier?.replaced);
    this.replacementsAwaitedFrom = earlier?.replacementsAwaitedFrom;
    // A wait at the start of a run that continues another one is part of the drain.
    this.#pausedBefore = earlier === undefined ? state.gate.pausedMilliseconds : -earlier.pausedMilliseconds;
  }

  /** Of each workload, the first observation counts: later ones are made while its pods leave. */
  observeReplaced(workloads: readonly ReplacedWorkload[] = []): void {
    for (const workload of workloads) {
      const { uid } = workload.owner;
      if (!this.replaced.has(uid)) this.replaced.set(uid, workload);
    }
  }

  /** A pod was found on the node: the wait for replacements begins again when it is empty. */
  forgetReplacementWait(): void {
    this.replacementsAwaitedFrom = undefined;
    this.#state.steering.awaitedReplacements = [];
  }

  /** Milliseconds since the epoch, later by the pauses so far; undefined: none. */
  get deadlineAt(): number | undefined {
    const { timeoutSeconds } = this.#state.input.task.request;
    return timeoutSeconds === undefined ? undefined : this.startedAt + timeoutSeconds * 1000 + this.#pausedMilliseconds;
  }

  get #pausedMilliseconds(): number {
    const waited = this.#waitsFrom === undefined ? 0 : Date.now() - this.#waitsFrom;
    return this.#state.gate.pausedMilliseconds - this.#pausedBefore + waited;
  }

  /** From now on, time does not count for the deadline. Has no effect during such a wait. */
  beginWait(): void {
    this.#waitsFrom ??= Date.now();
  }

  /** Time counts for the deadline again. Has no effect outside of such a wait. */
  endWait(): void {
    if (this.#waitsFrom !== undefined) this.#pausedBefore -= Date.now() - this.#waitsFrom;
    this.#waitsFrom = undefined;
  }

  /**
   * Waits until neither a pause nor a closed window is left. A history that becomes long meanwhile is ended, after `drop` has ended what runs beside the drain.
   * @throws CancelledFailure
   */
  async pass(drop: () => Promise<void>): Promise<void> {
    const { gate } = this.#state;
    // A pause is counted by the gate.
    if (gate.isHeld) this.endWait();
    while (gate.isHeld) {
      const { historyLength } = workflowInfo();
      await condition(() => !gate.isHeld || isHistoryLong(historyLength));
      if (!isHistoryLong(historyLength)) continue;
      await drop();
      await this.continueAsNew();
    }
  }

  /**
   * Ends this run while no activity runs; the next one continues with the step `evict`. Returns only when the run was cancelled: a
   * cancellation is not carried over to the next run.
   */
  async continueAsNew(): Promise<void> {
    await awaitHandlers();
    if (CancellationScope.current().consideredCancelled) return;
    const { memo } = workflowInfo();
    const input: NodeWorkflowInput = { ...this.#state.input, ...this.#state.toContinued(this.#toData()) };
    await makeContinueAsNewFunc<(input: NodeWorkflowInput) => Promise<unknown>>(definedFields({ memo }))(input);
  }

  #toData(): ContinuedNode['drain'] {
    const { startedAt, replaced, replacementsAwaitedFrom } = this;
    return {
      startedAt,
      pausedMilliseconds: this.#pausedMilliseconds,
      returning: this.returning.toData(),
      ...(replaced.size === 0 ? {} : { replaced: [...replaced.values()] }),
      ...definedFields({ replacementsAwaitedFrom }),
    };
  }
}
