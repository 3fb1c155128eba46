import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import { toNodeTarget } from '../../domain/node/node-target.ts';
import type { NodePlan } from '../../domain/plan/decommission-plan.ts';
import {
  describeRefusal,
  describeRepetition,
  type RepeatedPreflight,
} from '../../domain/preflight/repeated-preflight.ts';
import { FailureType } from '../../domain/run/failures.ts';
import type { NodeReport } from '../../domain/run/report.ts';
import { toShortList } from '../../domain/text/counts.ts';
import { planningActivities } from '../runtime/activity-options.ts';
import { isCancelledOnRequest, throwDefect } from '../runtime/failure-report.ts';
import { toFailedReport } from './send-node.ts';
import type { TaskState } from './task-state.ts';

/** Before any node has started, the plan of the task is enough for so long, unless a pause or a window delays the start. */
const PLAN_FRESH_MILLISECONDS = 10 * 60_000;
/** Since the answer: to read a large cluster may itself take longer than this. */
const FRESH_MILLISECONDS = 60_000;
/** Nodes that are checked together with those that start now: reading a cluster costs more than judging a node. */
const MAX_AHEAD = 100;
const MAX_NAMES = 5;

export interface PreflightEvents {
  /** The node is refused, or could not be checked: it does not start. */
  readonly onRefused: (report: NodeReport) => void;
  readonly onDefect: (error: unknown) => void;
}

/** Repeats the preflight of nodes before they start, against the present state of their cluster. */
export class RepeatedPreflights {
  readonly #state: TaskState;
  readonly #nodes: readonly NodePlan[];
  readonly #events: PreflightEvents;
  #running: Promise<void> | undefined;
  #scope: CancellationScope | undefined;
  /** Names of the nodes that are being checked. */
  #checked: readonly string[] = [];

  constructor(state: TaskState, nodes: readonly NodePlan[], events: PreflightEvents) {
    this.#state = state;
    this.#nodes = nodes;
    this.#events = events;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** No other node starts: ends the check that runs. */
  stop(): void {
    this.#scope?.cancel();
  }

  /** Resolves when nothing is being checked. */
  async toEnd(): Promise<void> {
    await this.#running;
  }

  /**
   * Of the nodes that may start now, those whose preflight is recent. The others are checked first, and `fleet` changes when they are. Nodes
   * that were refused together do not start side by side.
   */
  admit(nodeNames: readonly string[]): readonly string[] {
    if (this.#isPlanFresh()) return nodeNames;
    const free = nodeNames.filter((nodeName) => !this.isHeldBack(nodeName));
    const due = free.filter((nodeName) => !this.#isFresh(nodeName));
    if (due.length > 0 && !this.isRunning) this.#begin(due);
    return free.filter((nodeName) => !due.includes(nodeName));
  }

  /** Why nodes that could start wait, without a full stop; empty: none does. */
  describeWaits(nodeNames: readonly string[]): string {
    const checked =
      this.#checked.length === 0
        ? []
        : [`preflight is repeated before the next nodes start: ${toShortList(this.#checked, MAX_NAMES)}`];
    const held = nodeNames.filter((nodeName) => this.isHeldBack(nodeName));
    const apart =
      held.length === 0 ? [] : [`preflight refuses ${toShortList(held, MAX_NAMES)} together with nodes that run now`];
    return [...checked, ...apart].join('; ');
  }

  /** For the step of a node that starts; undefined: its preflight was not repeated. */
  messageOf(nodeName: string): string | undefined {
    return this.#state.fleet.preflights.get(nodeName)?.message;
  }

  #isPlanFresh(): boolean {
    const { fleet, plan } = this.#state;
    const age = Date.now() - Date.parse(plan?.createdAt ?? '');
    return age < PLAN_FRESH_MILLISECONDS && fleet.nodes.every(({ state }) => state === 'waiting');
  }

  #isFresh(nodeName: string): boolean {
    const at = this.#state.fleet.preflights.get(nodeName)?.at;
    return at !== undefined && Date.now() - at < FRESH_MILLISECONDS;
  }

  /** True while preflight refuses it together with nodes that come before it. */
  isHeldBack(nodeName: string): boolean {
    const { fleet } = this.#state;
    if (fleet.heldBack.length === 0) return false;
    const running = fleet.namesIn('running');
    const isAhead = (other: string): boolean =>
      running.includes(other) || (fleet.isWaiting(other) && this.#isFresh(other));
    return fleet.heldBack.some(({ nodeNames, beside }) => nodeNames.includes(nodeName) && beside.some(isAhead));
  }

  #begin(due: readonly string[]): void {
    const scope = new CancellationScope({ cancellable: true });
    this.#scope = scope;
    this.#checked = due;
    this.#running = scope
      .run(() => this.#check(due))
      .finally(() => {
        this.#running = undefined;
        this.#checked = [];
        this.#state.fleet.describeAgain();
      });
  }

  /** Never rejects. */
  async #check(due: readonly string[]): Promise<void> {
    const { fleet } = this.#state;
    try {
      const all = await this.#read(due);
      const at = Date.now();
      for (const found of all) {
        if (!fleet.isWaiting(found.nodeName)) continue;
        if (found.refusals.length === 0) this.#pass(found, at);
        else if (due.includes(found.nodeName)) await this.#refuse(found.nodeName, toRefusal(found));
      }
    } catch (error) {
      await this.#fail(due, error);
    }
  }

  /** Fewer while all together are refused. Those that are left out of `due` wait until the others have ended. */
  async #read(due: readonly string[]): Promise<readonly RepeatedPreflight[]> {
    for (let names = [...due, ...this.#findAhead(due)]; ;) {
      const all = await this.#repeat(names);
      if (names.length === 1 || all.every(({ isRefusedTogether }) => isRefusedTogether !== true)) {
        this.#holdBack(due, names);
        return all;
      }
      names = names.length > due.length ? [...due] : names.slice(0, Math.ceil(names.length / 2));
    }
  }

  /** Replaces what was known of `due`. */
  #holdBack(due: readonly string[], beside: readonly string[]): void {
    const { fleet } = this.#state;
    const others = fleet.heldBack.map((held) => ({ ...held, nodeNames: without(held.nodeNames, due) }));
    const added = { nodeNames: without(due, beside), beside };
    fleet.heldBack = [...others, added].filter(({ nodeNames }) => nodeNames.length > 0);
  }

  #repeat(nodeNames: readonly string[]): Promise<readonly RepeatedPreflight[]> {
    const { context, request } = this.#state.accepted;
    const draining = this.#state.fleet.namesIn('running', 'parked', 'resumed');
    const targets = this.#nodes.filter(({ nodeName }) => nodeNames.includes(nodeName)).map(toNodeTarget);
    const { expectedPlan: _plan, ...others } = request;
    return planningActivities.repeatPreflight(context, { ...others, nodeNames: [] }, targets, draining);
  }

  /** None where hosts are cleaned: each check logs in to a host. */
  #findAhead(due: readonly string[]): readonly string[] {
    const { accepted, fleet } = this.#state;
    if (accepted.request.hostCleanup !== 'skip') return [];
    const isDue = (nodeName: string): boolean =>
      !due.includes(nodeName) && !this.#isFresh(nodeName) && !this.isHeldBack(nodeName);
    return fleet.namesIn('waiting').filter(isDue).slice(0, MAX_AHEAD);
  }

  #pass({ nodeName, warnings }: RepeatedPreflight, at: number): void {
    const { fleet, plan } = this.#state;
    const message = describeRepetition(new Date(at).toISOString(), warnings, plan?.findings ?? []);
    fleet.preflights.set(nodeName, { at, message });
  }

  async #fail(due: readonly string[], error: unknown): Promise<void> {
    try {
      throwDefect(error);
      // A cancellation undoes the nodes that wait.
      if (isCancelledOnRequest(error) || CancellationScope.current().consideredCancelled) return;
      await this.refuse(due, error);
    } catch (defect) {
      this.#events.onDefect(defect);
    }
  }

  /**
   * Ends those of the nodes that wait: what has to happen before their start has failed.
   * @throws a defect: see `throwDefect`.
   */
  async refuse(nodeNames: readonly string[], error: unknown): Promise<void> {
    const waiting = nodeNames.filter((nodeName) => this.#state.fleet.isWaiting(nodeName));
    for (const nodeName of waiting) await this.#refuse(nodeName, error);
  }

  async #refuse(nodeName: string, why: unknown): Promise<void> {
    const node = this.#nodes.find((each) => each.nodeName === nodeName);
    if (!node) return;
    const refuse = (): Promise<never> =>
      Promise.resolve().then(() => {
        throw why;
      });
    // Also while the task is paused: nothing of the node changes.
    await this.#state.stepRegardless('preflight', [nodeName], refuse).catch(throwDefect);
    this.#events.onRefused(toFailedReport(this.#state, node, why));
  }
}

const without = (names: readonly string[], left: readonly string[]): readonly string[] =>
  names.filter((name) => !left.includes(name));

const toRefusal = (found: RepeatedPreflight): ApplicationFailure =>
  ApplicationFailure.nonRetryable(describeRefusal(found), FailureType.Refused);
