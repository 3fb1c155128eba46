import { LOCK_ANNOTATION } from '../../domain/cluster/annotations.ts';
import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { ZONE_LABEL } from '../../domain/cluster/node-state.ts';
import { findWithdrawals, judgeTurns, type TurnObstacle, type WaitingNode } from '../../domain/fleet/judge-turns.ts';
import { readTurn, type LockedNode } from '../../domain/fleet/read-turns.ts';
import {
  isForgotten,
  readTurnMark,
  withTurnMark,
  type TurnMark,
  type ZoneLimits,
} from '../../domain/fleet/turn-mark.ts';
import { isSameHolder, judgeNodeLock } from '../../domain/node/lock.ts';
import type { NodeChange } from '../../domain/node/node-change.ts';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import { toNodeWorkflowId } from '../../domain/run/workflow-ids.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { hasObjectChanged } from '../../ports/cluster-failure.ts';
import { changeNode } from '../node/change-node.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { findAtWork } from './nodes-at-work.ts';

/** A mark that is younger is not written again. */
const REFRESH_MILLISECONDS = 60_000;

/** The nodes that a task wants to start. */
export interface TurnRequest {
  /** In the order in which they should start. */
  readonly targets: readonly NodeTarget[];
  /** Of the task. */
  readonly limits: ZoneLimits;
  /** Names of the nodes of this task that have their turn already. */
  readonly atWork: readonly string[];
  /** What was returned as `waits` before; empty: nothing. */
  readonly known: string;
}

/** What one reading of the cluster has decided. */
export interface TurnAnswer {
  readonly taken: readonly string[];
  readonly obstacles: readonly TurnObstacle[];
  /** Other tasks have marked nodes at the same time, so all of them try again. */
  readonly isWithdrawn: boolean;
  /** Names of the cordoned nodes that count for limits. */
  readonly counted: readonly string[];
}

interface DeskSettings {
  readonly dependencies: ActivityDependencies;
  /** Verified. */
  readonly cluster: Cluster;
  readonly context: TaskContext;
  readonly request: TurnRequest;
}

/** A node of this task that may get a mark. */
interface Candidate extends WaitingNode {
  readonly node: NodeFacts;
}

/**
 * Where a task asks for turns. All tasks read and mark the Nodes: a mark is written first and all Nodes are read after that, so that of two
 * tasks at least the later one sees the mark of the other, and withdraws its own. Reads are uncached.
 */
export class TurnDesk {
  readonly #settings: DeskSettings;
  /** By name: as they were last written. */
  readonly #written = new Map<string, NodeFacts>();
  /** Names of the nodes whose own workflow did not run when they first waited. */
  readonly #idle = new Set<string>();

  constructor(settings: DeskSettings) {
    this.#settings = settings;
  }

  /** @throws ClusterFailure */
  async ask(): Promise<TurnAnswer> {
    const { cluster, request } = this.#settings;
    const { targets } = request;
    const nodes = await cluster.readNodes();
    this.#written.clear();
    const candidates = targets.flatMap((target, index) => this.#toCandidate(nodes, target, index) ?? []);
    const unmarked = without(targets, candidates);
    const verdicts = await this.#judge(nodes, candidates);
    const blocked = candidates.filter(({ nodeName }) => verdicts.get(nodeName) !== undefined);
    const adopted = await this.#findRunning(blocked);
    const waiting = blocked.filter(({ nodeName }) => !adopted.includes(nodeName));
    for (const candidate of waiting) await this.#mark(candidate, false);
    const started = candidates.filter((candidate) => !blocked.includes(candidate));
    for (const candidate of started) await this.#mark(candidate, true);
    const withdrawn = await this.#withdraw(started);
    const kept = started.filter(({ nodeName }) => !withdrawn.has(nodeName));
    const obstacles = [...waiting.map(({ nodeName }) => verdicts.get(nodeName)), ...withdrawn.values()];
    return {
      taken: [...unmarked, ...adopted, ...kept.map(({ nodeName }) => nodeName)],
      obstacles: obstacles.filter((obstacle) => obstacle !== undefined),
      isWithdrawn: withdrawn.size > 0,
      counted: nodes.filter((node) => node.unschedulable && readTurn(node) !== undefined).map(({ name }) => name),
    };
  }

  /** Undefined: it is not this task's. `index`: nodes that begin to wait together keep their order. */
  #toCandidate(nodes: readonly NodeFacts[], { nodeName, nodeUid }: NodeTarget, index: number): Candidate | undefined {
    const { context, request } = this.#settings;
    const { limits } = request;
    const node = nodes.find(({ name, uid }) => name === nodeName && uid === nodeUid);
    if (!node || !this.#isOurs(node)) return undefined;
    const waitingSince = readTurnMark(lockOf(node))?.waitingSince ?? this.#toTime(index);
    return { node, nodeName, taskId: context.taskId, zone: node.labels[ZONE_LABEL] ?? '', limits, waitingSince };
  }

  #isOurs({ annotations }: NodeFacts): boolean {
    return judgeNodeLock(annotations[LOCK_ANNOTATION], this.#settings.context.holder).kind === 'ours';
  }

  /** Asks Temporal only where a limit is reached. */
  async #judge(
    nodes: readonly NodeFacts[],
    candidates: readonly Candidate[],
  ): Promise<ReadonlyMap<string, TurnObstacle | undefined>> {
    const now = this.#settings.dependencies.now();
    const others = this.#toLocked(nodes).filter(
      ({ nodeName }) => !candidates.some((each) => each.nodeName === nodeName),
    );
    const waiting = [...others.flatMap((node) => toWaiting(node, now)), ...candidates];
    const judge = (working: readonly LockedNode[]) => judgeTurns({ working, waiting, ...this.#clusterLimit });
    const presumed = others.filter(({ state }) => state !== 'waiting');
    const verdicts = judge(presumed);
    if (candidates.every(({ nodeName }) => verdicts.get(nodeName) === undefined)) return verdicts;
    return judge(await this.#findAtWork(presumed));
  }

  /** Names of nodes whose own workflow runs: their task was reset or started again, and adopts it. */
  async #findRunning(candidates: readonly Candidate[]): Promise<readonly string[]> {
    const { context, dependencies } = this.#settings;
    const running: string[] = [];
    for (const { nodeName } of candidates.filter((each) => !this.#idle.has(each.nodeName))) {
      const workflowId = toNodeWorkflowId(context.cluster, nodeName);
      // A workflow without a task may have that id itself.
      if (workflowId === context.holder.workflowId) continue;
      if ((await dependencies.directory.readNodeWorkflow(workflowId)).kind === 'open') running.push(nodeName);
      else this.#idle.add(nodeName);
    }
    return running;
  }

  async #withdraw(started: readonly Candidate[]): Promise<ReadonlyMap<string, TurnObstacle>> {
    if (started.length === 0) return new Map();
    const names = started.map(({ nodeName }) => nodeName);
    const nodes = await this.#settings.cluster.readNodes();
    const presumed = this.#toLocked(nodes, names).filter(({ state }) => state !== 'waiting');
    const find = (working: readonly LockedNode[]) => findWithdrawals(names, { working, ...this.#clusterLimit });
    const withdrawn =
      find(presumed).size === 0 ? new Map<string, TurnObstacle>() : find(await this.#findAtWork(presumed));
    for (const candidate of started.filter(({ nodeName }) => withdrawn.has(nodeName)))
      await this.#mark(candidate, false);
    return withdrawn;
  }

  #findAtWork(nodes: readonly LockedNode[]): Promise<readonly LockedNode[]> {
    const { dependencies, context } = this.#settings;
    return findAtWork(dependencies.directory, context, nodes);
  }

  /** Without marks that an earlier run of this task has left: it knows which of its nodes have their turn. `marked`: just now. */
  #toLocked(nodes: readonly NodeFacts[], marked: readonly string[] = []): readonly LockedNode[] {
    const { context, request } = this.#settings;
    const known = [...request.atWork, ...marked];
    return nodes
      .flatMap((node) => readTurn(node) ?? [])
      .filter(({ holder, nodeName }) => !isSameHolder(holder, context.holder) || known.includes(nodeName));
  }

  get #clusterLimit(): { readonly maxConcurrentNodes?: number } {
    const { dependencies, context } = this.#settings;
    const maxConcurrentNodes = dependencies.maxConcurrentNodes?.get(context.cluster);
    return maxConcurrentNodes === undefined ? {} : { maxConcurrentNodes };
  }

  async #mark(candidate: Candidate, isWorking: boolean): Promise<void> {
    const { cluster } = this.#settings;
    const { nodeName } = candidate;
    const node = this.#written.get(nodeName) ?? candidate.node;
    const decide = (found: NodeFacts): NodeChange | 'nothing' => this.#planMark(found, candidate, isWorking);
    const change = decide(node);
    if (change === 'nothing') return;
    try {
      this.#written.set(nodeName, await cluster.patchNode(node, change));
    } catch (error) {
      if (!hasObjectChanged(error)) throw error;
      const target = { nodeName, nodeUid: node.uid };
      const found = await changeNode(cluster, target, (each) =>
        each && this.#isOurs(each) ? decide(each) : 'nothing',
      );
      if (found) this.#written.set(nodeName, found);
    }
  }

  #planMark(node: NodeFacts, { waitingSince }: Candidate, isWorking: boolean): NodeChange | 'nothing' {
    const { request, dependencies } = this.#settings;
    const before = readTurnMark(lockOf(node));
    const at = this.#toTime();
    if (before !== undefined && (before.workingSince !== undefined) === isWorking) {
      const isFresh = dependencies.now() - Date.parse(before.askedAt) < REFRESH_MILLISECONDS;
      if (isWorking || isFresh) return 'nothing';
    }
    const mark: TurnMark = {
      waitingSince,
      askedAt: at,
      limits: request.limits,
      ...(isWorking ? { workingSince: at } : {}),
    };
    return { annotations: { [LOCK_ANNOTATION]: withTurnMark(lockOf(node), mark) } };
  }

  #toTime(offset = 0): string {
    return new Date(this.#settings.dependencies.now() + offset).toISOString();
  }
}

const lockOf = ({ annotations }: NodeFacts): string => annotations[LOCK_ANNOTATION] ?? '';

const toWaiting = (node: LockedNode, now: number): readonly WaitingNode[] =>
  node.state === 'waiting' && !isForgotten(node.mark, now) ? [{ ...node, waitingSince: node.mark.waitingSince }] : [];

const without = (targets: readonly NodeTarget[], candidates: readonly Candidate[]): readonly string[] => {
  const names = candidates.map(({ nodeName }) => nodeName);
  return targets.map(({ nodeName }) => nodeName).filter((nodeName) => !names.includes(nodeName));
};
