import { compareText } from '../text/compare-text.ts';
import type { ZoneLimits } from './turn-mark.ts';

/** A node that a task works on, or that waits for its turn. */
export interface TurnNode {
  readonly nodeName: string;
  readonly taskId: string;
  /** Label `topology.kubernetes.io/zone`; empty: none. All nodes without the label are one zone. */
  readonly zone: string;
  /** Of its task. */
  readonly limits: ZoneLimits;
}

export interface WaitingNode extends TurnNode {
  /** RFC 3339. */
  readonly waitingSince: string;
}

/** Why a node has to wait. `nodes`: those that it waits for, at least one. */
export type TurnObstacle =
  | { readonly kind: 'cluster'; readonly limit: number; readonly nodes: readonly TurnNode[] }
  | { readonly kind: 'zone'; readonly zone: string; readonly limit: number; readonly nodes: readonly TurnNode[] }
  /** `oneZoneAtATime` of its task or of theirs. */
  | { readonly kind: 'otherZone'; readonly nodes: readonly TurnNode[] }
  /** A node that waits longer needs the same place. */
  | { readonly kind: 'queue'; readonly nodes: readonly TurnNode[] };

/** The present state of a cluster. */
export interface TurnFacts {
  /** In work, of all tasks. */
  readonly working: readonly TurnNode[];
  /** Of all tasks, in any order. */
  readonly waiting: readonly WaitingNode[];
  /** Of the cluster; absent: it has no limit. */
  readonly maxConcurrentNodes?: number;
}

/**
 * Which of the nodes that wait may start, by name; undefined: it may. Pure.
 *
 * They are judged in the order in which they began to wait, as if each that may start did so. One that its zone keeps waiting lets nodes of
 * other zones pass, but none that would extend its wait: so the first one waits only for nodes in work, which end by themselves. A zone
 * limit holds for every node that starts while a node of its task is in work, whichever task starts it.
 */
export const judgeTurns = (facts: TurnFacts): ReadonlyMap<string, TurnObstacle | undefined> => {
  const turns = new Turns(facts);
  const inOrder = [...facts.waiting].sort(compareWaits);
  return new Map(inOrder.map((node) => [node.nodeName, turns.admit(node)]));
};

/** Why the node may not work beside those that do; undefined: it may. Pure. */
export const findTurnObstacle = (
  node: TurnNode,
  { working, maxConcurrentNodes = Infinity }: Pick<TurnFacts, 'working' | 'maxConcurrentNodes'>,
): TurnObstacle | undefined => {
  if (working.length >= maxConcurrentNodes) return { kind: 'cluster', limit: maxConcurrentNodes, nodes: working };
  const inZone = working.filter(({ zone }) => zone === node.zone);
  const limit = Math.min(...[node, ...inZone].map(({ limits }) => limits.maxConcurrentPerZone ?? Infinity));
  if (inZone.length >= limit) return { kind: 'zone', zone: node.zone, limit, nodes: inZone };
  const others = working.filter(
    ({ zone, limits }) => zone !== node.zone && (limits.oneZoneAtATime || node.limits.oneZoneAtATime),
  );
  return others.length === 0 ? undefined : { kind: 'otherZone', nodes: others };
};

/**
 * Of the nodes that were marked as in work and are among `working`, those whose mark has to be withdrawn, with the reason, because other tasks have
 * marked nodes meanwhile. Of two tasks that see each other's marks, both withdraw: a comparison of times or names could let both proceed, because
 * one of them may not have seen the other. Pure.
 */
export const findWithdrawals = (
  marked: readonly string[],
  facts: Pick<TurnFacts, 'working' | 'maxConcurrentNodes'>,
): ReadonlyMap<string, TurnObstacle> => {
  const withdrawn = new Map<string, TurnObstacle>();
  for (const nodeName of [...marked].reverse()) {
    const node = facts.working.find((each) => each.nodeName === nodeName);
    const working = facts.working.filter((each) => each !== node && !withdrawn.has(each.nodeName));
    const obstacle = node && findTurnObstacle(node, { ...facts, working });
    if (obstacle) withdrawn.set(nodeName, obstacle);
  }
  return withdrawn;
};

class Turns {
  readonly #facts: TurnFacts;
  readonly #working: TurnNode[];
  /** Nodes that wait, each with the zones in which another start would extend its wait. */
  readonly #reserved: { readonly node: TurnNode; readonly covers: (zone: string) => boolean }[] = [];

  constructor(facts: TurnFacts) {
    this.#facts = facts;
    this.#working = [...facts.working];
  }

  /** Starts the node, or returns why it has to wait. */
  admit(node: WaitingNode): TurnObstacle | undefined {
    const obstacle = findTurnObstacle(node, { ...this.#facts, working: this.#working }) ?? this.#findReserved(node);
    if (obstacle === undefined) this.#working.push(node);
    else this.#reserve(node, obstacle);
    return obstacle;
  }

  #findReserved({ zone }: TurnNode): TurnObstacle | undefined {
    const nodes = this.#reserved.filter(({ covers }) => covers(zone)).map(({ node }) => node);
    return nodes.length === 0 ? undefined : { kind: 'queue', nodes };
  }

  /** A cluster that is full stays full: nothing has to be reserved. */
  #reserve(node: TurnNode, { kind }: TurnObstacle): void {
    if (kind === 'zone') this.#reserved.push({ node, covers: (zone) => zone === node.zone });
    if (kind === 'otherZone') this.#reserved.push({ node, covers: (zone) => zone !== node.zone });
  }
}

const compareWaits = (one: WaitingNode, other: WaitingNode): number =>
  compareText(one.waitingSince, other.waitingSince) || compareText(one.nodeName, other.nodeName);
