import { describe, expect, it } from '@jest/globals';
import type { FleetLimits } from '../../../src/domain/fleet/fleet-limits.ts';
import { planStarts, type FleetNode, type FleetNodeState } from '../../../src/domain/fleet/plan-starts.ts';
import { fleetLimits } from '../../builders/fleet.ts';
import { createRandom, type Random } from '../../e2e/agreement/random.ts';

const CASES = 200;
const ENDED: readonly FleetNodeState[] = ['decommissioned', 'failed', 'undone'];

const toLimits = (random: Random): FleetLimits =>
  fleetLimits({
    maxConcurrentNodes: random.integer(1, 6),
    ...(random.chance(0.5) ? { maxConcurrentPerZone: random.integer(1, 3) } : {}),
    oneZoneAtATime: random.chance(0.4),
    stopAfterFailures: random.integer(1, 5),
    onNodeParked: random.pick(['wait', 'continue', 'stop']),
  });

const toFleet = (random: Random): FleetNode[] =>
  Array.from({ length: random.integer(1, 30) }, (_, index) => ({
    nodeName: `n${index}`,
    zone: random.pick(['', 'a', 'b', 'c']),
    state: 'waiting',
  }));

/** A task as its workflow drives it: random ends, parked nodes, pauses and a cancellation, one event after each decision. */
class PlayedFleet {
  readonly limits: FleetLimits;
  readonly nodes: FleetNode[];
  readonly #random: Random;
  readonly #startCounts = new Map<string, number>();
  #isPaused = false;
  #isCancelled = false;

  constructor(seed: number) {
    this.#random = createRandom(seed);
    this.limits = toLimits(this.#random);
    this.nodes = toFleet(this.#random);
  }

  get startCounts(): readonly number[] {
    return [...this.#startCounts.values()];
  }

  get isOver(): boolean {
    return this.nodes.every(({ state }) => ENDED.includes(state));
  }

  /** One decision and what follows from it. */
  decide(): void {
    const { start, stop } = planStarts({
      nodes: this.nodes,
      limits: this.limits,
      isPaused: this.#isPaused,
      isCancelled: this.#isCancelled,
    });
    for (const nodeName of start) {
      this.#set(nodeName, 'running');
      this.#startCounts.set(nodeName, (this.#startCounts.get(nodeName) ?? 0) + 1);
    }
    if (stop !== undefined) for (const nodeName of this.in('waiting')) this.#set(nodeName, 'undone');
  }

  /** One event from outside. An operator resumes in the end whatever is parked or paused. */
  happen(): void {
    if (this.#random.chance(0.1)) this.#isPaused = !this.#isPaused;
    if (this.#random.chance(0.005)) this.#isCancelled = true;
    const active = this.in('running', 'parked', 'resumed');
    if (active.length === 0) return;
    const nodeName = this.#random.pick(active);
    const state = this.nodes.find((node) => node.nodeName === nodeName)?.state;
    this.#set(nodeName, state === 'parked' ? 'resumed' : this.#toEnd());
  }

  in(...states: readonly FleetNodeState[]): readonly string[] {
    return this.nodes.filter(({ state }) => states.includes(state)).map(({ nodeName }) => nodeName);
  }

  #toEnd(): FleetNodeState {
    if (this.#random.chance(0.15)) return 'parked';
    return this.#random.chance(0.2) ? 'failed' : 'decommissioned';
  }

  #set(nodeName: string, state: FleetNodeState): void {
    const index = this.nodes.findIndex((node) => node.nodeName === nodeName);
    const node = this.nodes[index];
    if (node) this.nodes[index] = { ...node, state };
  }
}

/** The nodes that count: under `continue`, those that were never parked. */
const countedOf = ({ nodes, limits }: PlayedFleet): readonly FleetNode[] =>
  nodes.filter(
    ({ state }) =>
      state === 'running' || (limits.onNodeParked !== 'continue' && (state === 'parked' || state === 'resumed')),
  );

const violationsOf = (fleet: PlayedFleet): readonly string[] => {
  const counted = countedOf(fleet);
  const { maxConcurrentNodes, maxConcurrentPerZone = Infinity, oneZoneAtATime } = fleet.limits;
  const zones = [...new Set(counted.map(({ zone }) => zone))];
  const crowded = zones.filter((zone) => counted.filter((node) => node.zone === zone).length > maxConcurrentPerZone);
  return [
    ...(counted.length > maxConcurrentNodes ? [`${counted.length} run`] : []),
    ...(oneZoneAtATime && zones.length > 1 ? [`zones ${zones.join(' and ')} run`] : []),
    ...crowded.map((zone) => `too many run in zone ${zone}`),
  ];
};

const play = (seed: number): { readonly fleet: PlayedFleet; readonly violations: readonly string[] } => {
  const fleet = new PlayedFleet(seed);
  const violations: string[] = [];
  for (let step = 0; step < 2000 && !fleet.isOver; step += 1) {
    fleet.decide();
    violations.push(...violationsOf(fleet));
    fleet.happen();
  }
  return { fleet, violations };
};

describe('planStarts', () => {
  it.each(Array.from({ length: CASES }, (_, seed) => seed))(
    'never exceeds a limit, ends, and accounts for every node, whatever ends in which order (seed %i)',
    (seed) => {
      const { fleet, violations } = play(seed);
      expect(violations).toEqual([]);
      expect(fleet.isOver).toBe(true);
      expect(fleet.startCounts.filter((starts) => starts !== 1)).toEqual([]);
      expect(fleet.startCounts).toHaveLength(fleet.in('decommissioned', 'failed').length);
    },
  );

  it.each(Array.from({ length: CASES }, (_, seed) => seed))(
    'starts a node whenever nothing runs and nothing prevents it (seed %i)',
    (seed) => {
      const random = createRandom(seed);
      const nodes = toFleet(random);
      const limits = toLimits(random);
      const { start } = planStarts({ nodes, limits, isPaused: false, isCancelled: false });
      expect(start.length).toBeGreaterThan(0);
    },
  );
});
