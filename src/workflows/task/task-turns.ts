import { CancellationScope } from '@temporalio/workflow';
import { toFleetLimits } from '../../domain/fleet/fleet-limits.ts';
import { toNodeTarget } from '../../domain/node/node-target.ts';
import type { NodePlan } from '../../domain/plan/decommission-plan.ts';
import { joinSentences } from '../../domain/text/join-sentences.ts';
import { shortActivities, turnActivities } from '../runtime/activity-options.ts';
import { throwDefect, toFailureReport } from '../runtime/failure-report.ts';
import type { TaskState } from './task-state.ts';

export interface TurnEvents {
  /** No turn could be taken for these nodes: they do not start. */
  readonly onFailed: (nodeNames: readonly string[], error: unknown) => Promise<void>;
  readonly onDefect: (error: unknown) => void;
}

interface Asking {
  readonly nodeNames: readonly string[];
  readonly scope: CancellationScope;
}

/**
 * The turns of a task's nodes under the limits that hold across tasks: a node starts once it has its turn (ADR 39). Its place while it waits is
 * on its Node, where the next run of the task finds it.
 */
export class TaskTurns {
  readonly #state: TaskState;
  readonly #nodes: readonly NodePlan[];
  readonly #events: TurnEvents;
  readonly #isNeeded: boolean;
  /** Names of the nodes that have their turn, and have not started. */
  readonly #taken: Set<string>;
  /** Names of the nodes that a turn was asked for, and that have not started. */
  readonly #asked: Set<string>;
  readonly #leaving = new Set<Promise<void>>();
  #asking: Asking | undefined;
  #waits = '';

  constructor(state: TaskState, nodes: readonly NodePlan[], events: TurnEvents) {
    this.#state = state;
    this.#nodes = nodes;
    this.#events = events;
    this.#taken = state.fleet.turns;
    this.#asked = new Set(this.#taken);
    this.#isNeeded = state.accepted.context.holder.takesTurns === true;
  }

  /** True while an activity asks for turns or ends one. */
  get isBusy(): boolean {
    return this.#asking !== undefined || this.#leaving.size > 0;
  }

  /** Why nodes wait for their turn, without a full stop; empty: none does. */
  get waits(): string {
    return this.#waits;
  }

  /** Resolves when every turn that this task no longer needs has ended. */
  async toEnd(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  /**
   * Of the nodes that may start otherwise, those that have their turn. The others are asked for, and `fleet` changes when one has its turn. Nodes
   * that may no longer start end theirs, unless the task continues as new and asks again at once. `isHeldBack`: it may not start now.
   */
  admit(
    nodeNames: readonly string[],
    {
      isHeldBack,
      isContinuing,
    }: { readonly isHeldBack: (nodeName: string) => boolean; readonly isContinuing: boolean },
  ): readonly string[] {
    if (!this.#isNeeded) return nodeNames;
    const free = nodeNames.filter((nodeName) => !isHeldBack(nodeName));
    if (!isContinuing) this.#leaveOthers(free);
    this.#ask(free.filter((nodeName) => !this.#taken.has(nodeName)));
    return free.filter((nodeName) => this.#taken.has(nodeName));
  }

  /** The node has started: from now on its turn ends with its point of no return. */
  start(nodeName: string): void {
    this.#taken.delete(nodeName);
    this.#asked.delete(nodeName);
  }

  /** These nodes have ended, and keep their lock for a while. */
  leave(nodeNames: readonly string[]): void {
    if (!this.#isNeeded) return;
    for (const nodeName of nodeNames) this.#leave(nodeName, false);
  }

  /** After the request that runs: whether it has marked them is known by then. */
  #leaveOthers(free: readonly string[]): void {
    if (this.#asking) return;
    for (const nodeName of [...this.#asked].filter((each) => !free.includes(each))) {
      this.#asked.delete(nodeName);
      this.#taken.delete(nodeName);
      // One that will not start any more is unlocked.
      if (this.#state.fleet.isWaiting(nodeName)) this.#leave(nodeName, true);
    }
  }

  #ask(nodeNames: readonly string[]): void {
    if (this.#asking) {
      if (!isSame(this.#asking.nodeNames, nodeNames)) this.#asking.scope.cancel();
      return;
    }
    if (nodeNames.length === 0) this.#waits = '';
    if (nodeNames.length === 0 || this.#leaving.size > 0) return;
    const scope = new CancellationScope({ cancellable: true });
    this.#asking = { nodeNames, scope };
    for (const nodeName of nodeNames) this.#asked.add(nodeName);
    void scope
      .run(() => this.#take(nodeNames))
      .finally(() => {
        this.#asking = undefined;
        this.#state.fleet.touch();
      });
  }

  /** Never rejects. */
  async #take(nodeNames: readonly string[]): Promise<void> {
    const { accepted, fleet } = this.#state;
    const targets = nodeNames.flatMap((nodeName) => this.#nodes.filter((node) => node.nodeName === nodeName));
    const { maxConcurrentPerZone, oneZoneAtATime } = toFleetLimits(accepted.request);
    try {
      const { taken, waits } = await turnActivities.takeTurns(accepted.context, {
        targets: targets.map(toNodeTarget),
        limits: { oneZoneAtATime, ...(maxConcurrentPerZone === undefined ? {} : { maxConcurrentPerZone }) },
        atWork: [...fleet.namesIn('running', 'parked', 'resumed'), ...this.#taken],
        known: this.#waits,
      });
      for (const nodeName of taken) this.#taken.add(nodeName);
      this.#waits = waits;
    } catch (error) {
      await this.#fail(nodeNames, error);
    }
  }

  async #fail(nodeNames: readonly string[], error: unknown): Promise<void> {
    try {
      // Aborted requests of the activity fail in many ways. What it has marked is found by the next request, or ended.
      if (CancellationScope.current().consideredCancelled) return;
      throwDefect(error);
      this.#waits = '';
      await this.#events.onFailed(nodeNames, error);
    } catch (defect) {
      this.#events.onDefect(defect);
    }
  }

  #leave(nodeName: string, keepsPlace: boolean): void {
    const node = this.#nodes.find((each) => each.nodeName === nodeName);
    if (!node) return;
    const leaving = CancellationScope.nonCancellable(() => this.#leaveOne(node, keepsPlace)).finally(() => {
      this.#leaving.delete(leaving);
      this.#state.fleet.touch();
    });
    this.#leaving.add(leaving);
  }

  /** Never rejects. A turn that could not be ended lasts as long as the lock. */
  async #leaveOne(node: NodePlan, keepsPlace: boolean): Promise<void> {
    try {
      await shortActivities.leaveTurn(this.#state.accepted.context, toNodeTarget(node), keepsPlace);
    } catch (error) {
      try {
        throwDefect(error);
        const why = `node ${node.nodeName} counts for limits across tasks until it is unlocked`;
        this.#state.setMessage(joinSentences(why, toFailureReport(error).message));
      } catch (defect) {
        this.#events.onDefect(defect);
      }
    }
  }
}

const isSame = (names: readonly string[], others: readonly string[]): boolean =>
  names.length === others.length && names.every((name, index) => name === others[index]);
