import { toCountText } from '../text/counts.ts';
import { describeClosedWindow } from '../windows/describe-window.ts';
import type { WindowState } from '../windows/judge-windows.ts';
import type { FleetLimits } from './fleet-limits.ts';
import { toZoneText } from './zone-text.ts';

/**
 * `waiting`: not started. `running`: its workflow runs. `parked`: it waits for an operator, past its point of no return. `resumed`: it runs
 * again after that. `decommissioned`, `failed`: it ended; `failed` is every other outcome. `undone`: not started, and it will not be.
 */
export type FleetNodeState = 'waiting' | 'running' | 'parked' | 'resumed' | 'decommissioned' | 'failed' | 'undone';

export interface FleetNode {
  readonly nodeName: string;
  /** Label `topology.kubernetes.io/zone`; empty: none. All nodes without the label are one zone. */
  readonly zone: string;
  readonly state: FleetNodeState;
}

export interface FleetFacts {
  /** All nodes of the task, in the order in which they start. */
  readonly nodes: readonly FleetNode[];
  readonly limits: FleetLimits;
  readonly isPaused: boolean;
  /** While no window is open; absent: one is, or there are none. */
  readonly closedWindow?: WindowState;
  readonly isCancelled: boolean;
}

/** Why no further node starts, for good. */
export type FleetStop = 'cancelled' | 'failures' | 'parked';

export interface StartPlan {
  /** Names of the nodes to start now, in order. */
  readonly start: readonly string[];
  /** Set: the nodes that wait never start. They are undone at once; the running ones end by themselves. */
  readonly stop?: FleetStop;
  /** Why nodes wait after these starts, without a full stop, e.g. `3 nodes wait: zone a has 2 of 2 nodes`; empty when none waits. */
  readonly waits: string;
}

/**
 * Which nodes of a task may start now. Pure, and called again after every change: a node that ends, is parked or is resumed, a pause, a
 * window that opens or closes, a cancellation.
 *
 * - A parked or resumed node is past its point of no return, so its pods are gone. Under `onNodeParked: continue` it counts for no limit.
 * - A node that cannot start because of its zone lets a later one of another zone pass.
 * - With `oneZoneAtATime`, zones start in the order of their first node.
 */
export const planStarts = (facts: FleetFacts): StartPlan => {
  const waiting = facts.nodes.filter(({ state }) => state === 'waiting');
  const stop = findStop(facts);
  if (stop !== undefined) return { start: [], stop, waits: '' };
  const hold = findHold(facts);
  if (hold !== undefined) return { start: [], waits: toWaits(waiting.map(() => hold)) };
  const window = new StartWindow(facts);
  const reasons = waiting.flatMap((node) => window.admit(node) ?? []);
  return { start: window.started, waits: toWaits(reasons) };
};

const findStop = ({ nodes, limits, isCancelled }: FleetFacts): FleetStop | undefined => {
  if (isCancelled) return 'cancelled';
  if (count(nodes, 'failed') >= limits.stopAfterFailures) return 'failures';
  if (limits.onNodeParked === 'stop' && count(nodes, 'parked') > 0) return 'parked';
  return undefined;
};

/** Why no node at all may start now. */
const findHold = ({ nodes, limits, isPaused, closedWindow }: FleetFacts): string | undefined => {
  if (isPaused) return 'the task is paused';
  if (closedWindow) return describeClosedWindow(closedWindow);
  const parked = nodes.find(({ state }) => state === 'parked');
  if (limits.onNodeParked !== 'wait' || !parked) return undefined;
  return `node ${parked.nodeName} needs an operator, and onNodeParked is wait`;
};

const count = (nodes: readonly FleetNode[], state: FleetNodeState): number =>
  nodes.filter((node) => node.state === state).length;

/** The nodes that count for the limits, while others are added to them. */
class StartWindow {
  readonly started: string[] = [];
  readonly #limits: FleetLimits;
  readonly #openZone: string | undefined;
  readonly #countByZone = new Map<string, number>();
  #total = 0;

  constructor({ nodes, limits }: FleetFacts) {
    this.#limits = limits;
    this.#openZone = findOpenZone(nodes, limits);
    for (const { zone, state } of nodes) if (isCounted(state, limits)) this.#add(zone);
  }

  /** Starts the node, or returns why it has to wait. */
  admit({ nodeName, zone }: FleetNode): string | undefined {
    const why = this.#findObstacle(zone);
    if (why !== undefined) return why;
    this.started.push(nodeName);
    this.#add(zone);
    return undefined;
  }

  #findObstacle(zone: string): string | undefined {
    const { maxConcurrentNodes, maxConcurrentPerZone = Infinity, oneZoneAtATime } = this.#limits;
    if (this.#total >= maxConcurrentNodes) return toNodesRun(this.#total, maxConcurrentNodes);
    if (oneZoneAtATime && zone !== this.#openZone) {
      return `${toZoneText(this.#openZone ?? '')} has nodes left, and zones go one at a time`;
    }
    const inZone = this.#countByZone.get(zone) ?? 0;
    if (inZone < maxConcurrentPerZone) return undefined;
    return `${toZoneText(zone)} has ${inZone} of ${toCountText(maxConcurrentPerZone, 'node')}`;
  }

  #add(zone: string): void {
    this.#total += 1;
    this.#countByZone.set(zone, (this.#countByZone.get(zone) ?? 0) + 1);
  }
}

/** The first zone that is not finished; zones come in the order of their first node. */
const findOpenZone = (nodes: readonly FleetNode[], limits: FleetLimits): string | undefined => {
  const unfinished = nodes.filter(({ state }) => state === 'waiting' || isCounted(state, limits));
  const open = new Set(unfinished.map(({ zone }) => zone));
  return nodes.find(({ zone }) => open.has(zone))?.zone;
};

const isCounted = (state: FleetNodeState, { onNodeParked }: FleetLimits): boolean =>
  state === 'running' || (onNodeParked !== 'continue' && (state === 'parked' || state === 'resumed'));

const toNodesRun = (running: number, limit: number): string =>
  `${running} of ${limit} ${limit === 1 ? 'node runs' : 'nodes run'}`;

const MAX_REASONS = 3;

/** Nodes with the same reason are counted together; the most frequent reason comes first. */
const toWaits = (reasons: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, MAX_REASONS)
    .map(([reason, nodes]) => `${toCountText(nodes, 'node')} ${nodes === 1 ? 'waits' : 'wait'}: ${reason}`)
    .join('; ');
};
