import type { Recovery } from './drain-estimate.ts';
import { takeTurns } from './take-turns.ts';

/** A pod that leaves a node, with what decides when it is gone. */
export interface LeavingPod {
  /** `namespace/Deployment/web`, or `namespace/pod bare`. */
  readonly owner: string;
  /** It is not recreated. */
  readonly isBare: boolean;
  /** It is removed when a second replica of its workload is available (`singleReplica: surge`). No budget is charged for that. */
  readonly isReplacedFirst: boolean;
  /** It is evicted when its work has ended; absent: no. */
  readonly isAwaited?: true;
  /** See `toDrainWave`. */
  readonly wave: 0 | 1;
  /** Until its containers have ended. */
  readonly graceSeconds: number;
  /**
   * `namespace/name` of the budgets that its eviction is charged for; the Eviction API refuses a pod with several. Without a budget: the name of the
   * limit of its owner (`LimitFacts`), if it has one.
   */
  readonly budgets: readonly string[];
  /** Absent: unknown, or it is bare. */
  readonly recovery?: Recovery;
}

export interface BudgetMoments {
  /** Evictions that the budget allows at a time; 0: none, or unknown. */
  readonly atOnce: number;
  /** From the start until it allows the first ones. */
  readonly firstAfter: Recovery;
  /** Why `atOnce` is 0. */
  readonly verdict?: 'never' | 'unknown';
}

export interface DrainTimes {
  /** From the first eviction until the last pod is gone; `Infinity`: unknown. */
  readonly seconds: number;
  /** By budget: how long it delays the last eviction under it. */
  readonly delays: ReadonlyMap<string, number>;
}

export interface DrainPace {
  /** `likelySeconds`: pods end at once. */
  readonly pace: keyof Recovery;
  /** Whether budgets allow everything again when the next node starts. */
  readonly recoversBetweenNodes: boolean;
}

/** The times of the nodes, drained one after another. Pure. */
export const toDrainTimes = (
  nodes: readonly (readonly LeavingPod[])[],
  budgets: ReadonlyMap<string, BudgetMoments>,
  { pace, recoversBetweenNodes }: DrainPace,
): readonly DrainTimes[] => {
  let clock = 0;
  let freeAt = toFree(budgets, ({ firstAfter }) => firstAfter[pace]);
  return nodes.map((pods) => {
    const startedAt = clock;
    const drain = drainNode(pods, freeAt, pace, startedAt);
    const isKnown = Number.isFinite(drain.endedAt);
    clock = isKnown ? drain.endedAt : startedAt;
    freeAt = recoversBetweenNodes || !isKnown ? toFree(budgets, () => clock) : drain.freeAt;
    return { seconds: drain.endedAt - startedAt, delays: drain.delays };
  });
};

type Free = ReadonlyMap<string, readonly number[]>;

const toFree = (budgets: ReadonlyMap<string, BudgetMoments>, toMoment: (budget: BudgetMoments) => number): Free =>
  new Map([...budgets].map(([name, budget]) => [name, Array<number>(budget.atOnce).fill(toMoment(budget))]));

interface NodeDrain extends Pick<DrainTimes, 'delays'> {
  readonly endedAt: number;
  readonly freeAt: Free;
}

const drainNode = (pods: readonly LeavingPod[], free: Free, pace: keyof Recovery, startedAt: number): NodeDrain => {
  const freeAt = new Map(free);
  const delays = new Map<string, number>();
  let endedAt = startedAt;
  for (const wave of [0, 1]) {
    const startOfWave = endedAt;
    const ofWave = pods.filter((pod) => pod.wave === wave);
    const ends = ofWave
      .filter(({ budgets }) => budgets.length === 0)
      .map((pod) => startOfWave + toStart(pod, pace) + toEnding(pod, pace));
    if (ofWave.some(({ budgets }) => budgets.length > 1)) ends.push(Infinity);
    for (const [budget, charged] of byBudget(ofWave)) {
      const recoveries = charged.map(({ recovery }) => recovery?.[pace] ?? Infinity);
      const turns = takeTurns(recoveries, freeAt.get(budget) ?? [], startOfWave);
      freeAt.set(budget, turns.freeAt);
      delays.set(budget, Math.max(delays.get(budget) ?? 0, ...turns.evictedAt.map((at) => at - startOfWave)));
      ends.push(...charged.map((pod, index) => (turns.evictedAt[index] ?? Infinity) + toEnding(pod, pace)));
    }
    endedAt = Math.max(endedAt, ...ends);
  }
  return { endedAt, freeAt, delays };
};

const toStart = ({ isReplacedFirst, isAwaited, recovery }: LeavingPod, pace: keyof Recovery): number =>
  isAwaited === true ? Infinity : isReplacedFirst ? (recovery?.[pace] ?? Infinity) : 0;

const toEnding = ({ graceSeconds }: LeavingPod, pace: keyof Recovery): number =>
  pace === 'likelySeconds' ? 0 : graceSeconds;

const byBudget = (pods: readonly LeavingPod[]): ReadonlyMap<string, readonly LeavingPod[]> => {
  const groups = new Map<string, LeavingPod[]>();
  for (const pod of pods) {
    const [budget, ...others] = pod.budgets;
    if (budget === undefined || others.length > 0) continue;
    const group = groups.get(budget);
    if (group === undefined) groups.set(budget, [pod]);
    else group.push(pod);
  }
  return groups;
};
