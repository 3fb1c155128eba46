import { describe, expect, it } from '@jest/globals';
import {
  findTurnObstacle,
  judgeTurns,
  type TurnNode,
  type WaitingNode,
} from '../../../src/domain/fleet/judge-turns.ts';
import { createRandom, type Random } from '../../e2e/agreement/random.ts';

const CASES = 200;

/** Tasks whose nodes begin to wait at random moments, start in their turn, and end after a while. */
class PlayedCluster {
  readonly #random: Random;
  readonly #maxConcurrentNodes: number | undefined;
  readonly #coming: WaitingNode[];
  readonly #waiting: WaitingNode[] = [];
  #working: TurnNode[] = [];
  #startedCount = 0;

  constructor(seed: number) {
    this.#random = createRandom(seed);
    this.#maxConcurrentNodes = this.#random.chance(0.6) ? this.#random.integer(1, 4) : undefined;
    this.#coming = Array.from({ length: this.#random.integer(2, 5) }, (_, task) => this.#toTask(task)).flat();
  }

  get isOver(): boolean {
    return this.#coming.length + this.#waiting.length + this.#working.length === 0;
  }

  /** One event, and what may start after it. Returns what breaks a rule. */
  play(round: number): readonly string[] {
    if (this.#random.chance(0.5) && this.#coming.length > 0) this.#arrive(round);
    else if (this.#working.length > 0) this.#end();
    const verdicts = judgeTurns(this.#facts);
    const first = this.#waiting[0];
    for (const node of [...this.#waiting]) if (verdicts.get(node.nodeName) === undefined) this.#start(node);
    const broken = this.#working.filter((node) => {
      const working = this.#working.filter((each) => each !== node);
      return findTurnObstacle(node, { ...this.#facts, working }) !== undefined;
    });
    const isStuck = this.#working.length === 0 && first !== undefined;
    return [...broken.map(({ nodeName }) => `${nodeName} breaks a limit`), ...(isStuck ? ['nothing starts'] : [])];
  }

  /** How many nodes start before the one that waits longest, until that starts. */
  countPassing(): number {
    const [first] = this.#waiting;
    if (first === undefined) return 0;
    const before = this.#startedCount;
    for (let round = 0; this.#waiting.includes(first); round += 1) {
      if (round > 10_000) return Infinity;
      this.play(round);
    }
    return this.#startedCount - before;
  }

  get #facts() {
    const limit = this.#maxConcurrentNodes === undefined ? {} : { maxConcurrentNodes: this.#maxConcurrentNodes };
    return { working: this.#working, waiting: this.#waiting, ...limit };
  }

  #toTask(task: number): WaitingNode[] {
    const limits = {
      oneZoneAtATime: this.#random.chance(0.3),
      ...(this.#random.chance(0.4) ? { maxConcurrentPerZone: this.#random.integer(1, 2) } : {}),
    };
    return Array.from({ length: this.#random.integer(1, 12) }, (_, index) => ({
      nodeName: `${task}-${index}`,
      taskId: String(task),
      zone: this.#random.pick(['a', 'b', 'c']),
      limits,
      waitingSince: '',
    }));
  }

  #arrive(round: number): void {
    const index = this.#random.integer(0, this.#coming.length - 1);
    for (const node of this.#coming.splice(index, 1))
      this.#waiting.push({ ...node, waitingSince: String(round).padStart(6, '0') });
  }

  #start(node: WaitingNode): void {
    this.#waiting.splice(this.#waiting.indexOf(node), 1);
    this.#working = [...this.#working, node];
    this.#startedCount += 1;
  }

  #end(): void {
    const ended = this.#random.pick(this.#working);
    this.#working = this.#working.filter((node) => node !== ended);
  }
}

describe('judgeTurns, played', () => {
  it('keeps all limits, and every node of every task has its turn', () => {
    for (let seed = 1; seed <= CASES; seed += 1) {
      const cluster = new PlayedCluster(seed);
      for (let round = 0; !cluster.isOver; round += 1) {
        expect([seed, cluster.play(round)]).toEqual([seed, []]);
        if (round > 10_000) throw new Error(`seed ${seed}: nodes wait forever`);
      }
    }
  });

  it('lets only a bounded number of nodes pass the one that waits longest', () => {
    for (let seed = 1; seed <= CASES; seed += 1) {
      const cluster = new PlayedCluster(seed);
      for (let round = 0; round < 20; round += 1) cluster.play(round);
      expect([seed, cluster.countPassing() < Infinity]).toEqual([seed, true]);
    }
  });
});
