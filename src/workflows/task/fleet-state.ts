import { describeFleet, namesIn, needsOperator } from '../../domain/fleet/describe-fleet.ts';
import type { FleetNode, FleetNodeState } from '../../domain/fleet/plan-starts.ts';
import { describeApproval } from '../../domain/steering/judge-approval.ts';
import { findClosed } from '../../domain/windows/find-closed.ts';
import type { WindowState } from '../../domain/windows/judge-windows.ts';
import type { ApprovalPoint } from '../../domain/steering/steering.ts';
import type { NodePlan } from '../../domain/plan/decommission-plan.ts';
import type { NodeReport } from '../../domain/run/report.ts';
import type { RunStatus } from '../../domain/run/status.ts';
import { toShortList } from '../../domain/text/counts.ts';
import { definedFields } from '../runtime/defined-fields.ts';

const MAX_NAMES = 5;

/** The workflow that decommissions one node of a task. */
export interface StartedChild {
  readonly nodeName: string;
  readonly workflowId: string;
  /** Absent: an earlier run of this task has started it. */
  readonly runId?: string;
}

type ActiveState = Extract<FleetNodeState, 'running' | 'parked' | 'resumed'>;

/** A node that runs while its task continues as new. */
export interface ContinuedNode extends StartedChild {
  readonly state: ActiveState;
  readonly parkedMessage?: string;
  /** The approval that it waits for. */
  readonly awaits?: ApprovalPoint;
  readonly isApproved?: true;
  readonly undelivered?: string;
}

/** Of a node that may start, because its repeated preflight refuses nothing. */
export interface PassedPreflight {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** For its step. */
  readonly message: string;
}

/** Nodes that wait until others have ended, because preflight refuses all of them together. */
export interface HeldBack {
  readonly nodeNames: readonly string[];
  readonly beside: readonly string[];
}

/** What continue-as-new passes on of the nodes that have not ended: plain JSON. */
export interface ContinuedFleet {
  /** By name, of nodes that wait. */
  readonly preflights?: readonly (readonly [string, PassedPreflight])[];
  readonly heldBack?: readonly HeldBack[];
  /** Names of nodes that wait and have their turn among all tasks. */
  readonly turns?: readonly string[];
  readonly window?: WindowState;
  readonly running: readonly ContinuedNode[];
  /** Names of the nodes that will not start any more. */
  readonly undone: readonly string[];
}

const NOTHING: ContinuedFleet = { running: [], undone: [] };

/** Which nodes of a task run, are parked, or will not start. What ended is in the reports. */
export class FleetState {
  /** Why nodes wait; empty: none does. */
  waits = '';
  /** By node name. */
  readonly preflights: Map<string, PassedPreflight>;
  heldBack: readonly HeldBack[];
  /** Names of the nodes that have their turn among all tasks, and have not started. */
  readonly turns: Set<string>;
  readonly #reports: ReadonlyMap<string, NodeReport>;
  /** By node name, from the decision to start it until its end. */
  readonly #active = new Map<string, ActiveState>();
  /** Names of the nodes whose workflow runs, so that the task only waits for its end. */
  readonly #attached = new Set<string>();
  readonly #children = new Map<string, StartedChild>();
  /** By node name: the sentence for operators. */
  readonly #parkedMessages = new Map<string, string>();
  /** By node name: sent by its workflow before that closes as cancelled. */
  readonly #closedReports = new Map<string, NodeReport>();
  /** By node name: why its workflow may not have received the last pause or resume. */
  readonly #undelivered = new Map<string, string>();
  /** By node name: the approval that it waits for. */
  readonly #awaiting = new Map<string, ApprovalPoint>();
  /** Names of the running nodes that were approved. */
  readonly #approved = new Set<string>();
  readonly #undone = new Set<string>();
  #window: WindowState | undefined;
  #windowText = '';
  #nodes: readonly NodePlan[] = [];
  #revision = 0;
  #described = '';

  constructor(reports: ReadonlyMap<string, NodeReport>, continued: ContinuedFleet = NOTHING) {
    this.#reports = reports;
    this.preflights = new Map(continued.preflights);
    this.heldBack = continued.heldBack ?? [];
    this.turns = new Set(continued.turns);
    this.#window = continued.window;
    for (const nodeName of continued.undone) this.#undone.add(nodeName);
    for (const node of continued.running) this.#restore(node);
  }

  #restore({ state, parkedMessage, undelivered, awaits, isApproved, ...child }: ContinuedNode): void {
    const { nodeName } = child;
    this.#active.set(nodeName, state);
    this.#children.set(nodeName, child);
    if (parkedMessage !== undefined) this.#parkedMessages.set(nodeName, parkedMessage);
    if (awaits !== undefined) this.#awaiting.set(nodeName, awaits);
    if (isApproved) this.#approved.add(nodeName);
    if (undelivered !== undefined) this.#undelivered.set(nodeName, undelivered);
  }

  /** Call it only while every node that runs is attached. */
  toContinued(): ContinuedFleet {
    const running = [...this.#children.values()].map((child) => {
      const { nodeName } = child;
      const [parkedMessage, undelivered] = [this.#parkedMessages.get(nodeName), this.#undelivered.get(nodeName)];
      const isApproved = this.#approved.has(nodeName) ? (true as const) : undefined;
      return {
        ...child,
        state: this.#active.get(nodeName) ?? 'running',
        ...definedFields({ parkedMessage, undelivered, awaits: this.#awaiting.get(nodeName), isApproved }),
      };
    });
    const preflights = [...this.preflights].filter(([nodeName]) => this.isWaiting(nodeName));
    const heldBack = this.heldBack.filter(({ nodeNames }) => nodeNames.some((nodeName) => this.isWaiting(nodeName)));
    const rest = definedFields({ window: this.#window, turns: this.turns.size > 0 ? [...this.turns] : undefined });
    return { running, undone: [...this.#undone], preflights, heldBack, ...rest };
  }

  /** Changes with every change that a decision depends on. */
  get revision(): number {
    return this.#revision;
  }

  touch(): void {
    this.#revision += 1;
  }

  /** `nodes`: in the order in which they start. */
  open(nodes: readonly NodePlan[]): void {
    this.#nodes = nodes;
  }

  get nodes(): readonly FleetNode[] {
    return this.#nodes.map(({ nodeName, zone = '' }) => ({ nodeName, zone, state: this.#stateOf(nodeName) }));
  }

  /** Names of the nodes in one of these states, in order. */
  namesIn(...states: readonly FleetNodeState[]): readonly string[] {
    return namesIn(this.nodes, ...states);
  }

  isWaiting(nodeName: string): boolean {
    return this.#stateOf(nodeName) === 'waiting';
  }

  get runningCount(): number {
    return this.#active.size;
  }

  get children(): readonly StartedChild[] {
    return [...this.#children.values()];
  }

  childOf(nodeName: string): StartedChild | undefined {
    return this.#children.get(nodeName);
  }

  setChild(child: StartedChild): void {
    this.#children.set(child.nodeName, child);
  }

  /** Its workflow runs: from now on the task only waits for its end. */
  attach(nodeName: string): void {
    this.#attached.add(nodeName);
    this.touch();
  }

  /** The task has to find out how it ended. */
  detach(nodeName: string): void {
    this.#attached.delete(nodeName);
  }

  /** True while the task only waits for the ends of its running nodes. */
  get isAttached(): boolean {
    return [...this.#active.keys()].every((nodeName) => this.#attached.has(nodeName));
  }

  start(nodeName: string): void {
    this.#active.set(nodeName, 'running');
    this.touch();
  }

  /** Its report, if it has one, is recorded before. */
  end(nodeName: string): void {
    this.#active.delete(nodeName);
    this.#attached.delete(nodeName);
    this.#awaiting.delete(nodeName);
    this.#approved.delete(nodeName);
    this.#children.delete(nodeName);
    this.#parkedMessages.delete(nodeName);
    this.#closedReports.delete(nodeName);
    this.#undelivered.delete(nodeName);
    this.touch();
  }

  /** It is used only when the server reports that the node's workflow has closed as cancelled. */
  setClosedReport(report: NodeReport): void {
    if (this.#children.has(report.nodeName)) this.#closedReports.set(report.nodeName, report);
  }

  closedReportOf(nodeName: string): NodeReport | undefined {
    return this.#closedReports.get(nodeName);
  }

  /** `why`: a sentence; empty: the last message was delivered. */
  setUndelivered(nodeName: string, why: string): void {
    if (why === '') this.#undelivered.delete(nodeName);
    else this.#undelivered.set(nodeName, why);
  }

  get undelivered(): readonly string[] {
    return [...this.#undelivered.values()];
  }

  /** These nodes will not start any more. */
  giveUp(nodeNames: readonly string[]): void {
    for (const nodeName of nodeNames) this.#undone.add(nodeName);
    this.touch();
  }

  park(nodeName: string, message: string): void {
    if (!this.#active.has(nodeName)) return;
    this.#active.set(nodeName, 'parked');
    this.#parkedMessages.set(nodeName, message);
    this.touch();
  }

  resume(nodeName: string): void {
    if (this.#active.get(nodeName) !== 'parked') return;
    this.#active.set(nodeName, 'resumed');
    this.#parkedMessages.delete(nodeName);
    this.touch();
  }

  /** Ends the display of the parked nodes: each reports again if it parks again. Returns a sentence; undefined: none was parked. */
  resumeAll(by: string): string | undefined {
    const parked = this.namesIn('parked');
    for (const nodeName of parked) this.resume(nodeName);
    if (parked.length === 0) return undefined;
    const [nodes, verb, whose] = parked.length === 1 ? ['node', 'was', 'its'] : ['nodes', 'were', 'their'];
    return `${nodes} ${toShortList(parked, MAX_NAMES)} ${verb} resumed by ${by}: ${whose} decommission continues, and nothing is undone.`;
  }

  /** `point` undefined: it waits for no approval any more. */
  setAwaiting(nodeName: string, point: ApprovalPoint | undefined): void {
    if (point !== undefined) this.#awaiting.set(nodeName, point);
    else if (this.#awaiting.delete(nodeName)) this.#approved.add(nodeName);
    this.touch();
  }

  /** Names of the nodes that wait for an approval. */
  get awaiting(): readonly string[] {
    return [...this.#awaiting.keys()];
  }

  /** Those of `awaiting` of which an operator has to confirm that the machine is powered off. */
  get awaitingDead(): readonly string[] {
    return this.awaiting.filter((nodeName) => this.#awaiting.get(nodeName) === 'machineIsOff');
  }

  get approved(): readonly string[] {
    return [...this.#approved];
  }

  /** `window` undefined: there are none. `text`: a sentence for the status while none is open. */
  setWindow(window: WindowState | undefined, text: string): void {
    this.#window = window;
    this.#windowText = text;
    this.touch();
  }

  get window(): WindowState | undefined {
    return this.#window;
  }

  get closedWindow(): WindowState | undefined {
    return this.#window && findClosed(this.#window, Date.now());
  }

  /** Empty before the first node starts, and after the last one has ended. */
  toStatus(): Pick<RunStatus, 'parked' | 'waits' | 'awaitsApproval' | 'opensAt'> {
    const parked = this.namesIn('parked');
    const { awaiting } = this;
    const opensAt = this.closedWindow?.changesAt;
    return {
      ...(opensAt === undefined ? {} : { opensAt: new Date(opensAt).toISOString() }),
      ...(awaiting.length === 0 ? {} : { awaitsApproval: awaiting }),
      ...(parked.length === 0 ? {} : { parked }),
      ...(this.waits === '' ? {} : { waits: this.waits }),
    };
  }

  /** True while nothing proceeds without an operator. */
  get needsOperator(): boolean {
    return needsOperator(this.nodes);
  }

  /** Of the parked nodes, in order. */
  get parkedMessages(): readonly string[] {
    return this.namesIn('parked').flatMap((nodeName) => this.#parkedMessages.get(nodeName) ?? []);
  }

  /** Of the windows, and of the nodes that wait for an operator or an approval. */
  get messages(): readonly string[] {
    return [
      this.#windowText,
      ...this.parkedMessages,
      ...[...this.#awaiting].map(([nodeName, point]) => describeApproval(nodeName, point)),
    ];
  }

  /** The sentence for `status` when it has changed since the last call; else undefined, so that other sentences stay. */
  describeIfChanged(): string | undefined {
    const text = describeFleet(this.nodes);
    if (text === this.#described) return undefined;
    this.#described = text;
    return text;
  }

  /** Another sentence was shown meanwhile. */
  describeAgain(): void {
    this.#described = '';
    this.touch();
  }

  #stateOf(nodeName: string): FleetNodeState {
    const report = this.#reports.get(nodeName);
    if (report) return report.outcome === 'Decommissioned' ? 'decommissioned' : 'failed';
    if (this.#undone.has(nodeName)) return 'undone';
    return this.#active.get(nodeName) ?? 'waiting';
  }
}
