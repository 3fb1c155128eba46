import { toSlowest } from './budget-moments.ts';
import type { BudgetTurns, DrainEstimate } from './drain-estimate.ts';
import { isLimitName } from './owner-limits.ts';
import type { BudgetMoments, DrainTimes, LeavingPod } from './to-drain-times.ts';

export interface NodeDrainFacts {
  /** That leave the node, at least one. */
  readonly pods: readonly LeavingPod[];
  /** That leave all nodes of the task. */
  readonly ofTask: readonly LeavingPod[];
  readonly budgets: ReadonlyMap<string, BudgetMoments>;
  readonly likely: DrainTimes;
  readonly longest: DrainTimes;
}

/** Per node: a plan has many. */
const MAX_TURNS = 20;
const MAX_UNKNOWN = 5;

/** The estimate of one node, for people and for its correction during the drain. Pure. */
export const toDrainEstimate = (facts: NodeDrainFacts): DrainEstimate => {
  const { pods, likely, longest } = facts;
  const isKnown = Number.isFinite(likely.seconds) && Number.isFinite(longest.seconds);
  const replacedFirst = toOwners(pods.filter((pod) => pod.isReplacedFirst));
  return {
    ...(isKnown ? { likelySeconds: likely.seconds, longestSeconds: Math.max(likely.seconds, longest.seconds) } : {}),
    graceSeconds: Math.max(...pods.map(({ graceSeconds }) => graceSeconds)),
    turns: listTurns(facts).slice(0, MAX_TURNS),
    ...(replacedFirst.length === 0 ? {} : { replacedFirst: replacedFirst.slice(0, MAX_TURNS) }),
    unknown: isKnown ? [] : listUnknown(facts).slice(0, MAX_UNKNOWN),
  };
};

const toBudgetsOf = (pods: readonly LeavingPod[]): readonly string[] => [
  ...new Set(pods.flatMap(({ budgets }) => budgets)),
];

const listTurns = ({ pods, budgets, likely, longest }: NodeDrainFacts): readonly BudgetTurns[] => {
  const delayIn = ({ delays }: DrainTimes, budget: string): number => delays.get(budget) ?? 0;
  return toBudgetsOf(pods)
    .filter((budget) => delayIn(longest, budget) > 0)
    .sort((a, b) => compareLater(delayIn(likely, a), delayIn(likely, b)))
    .map((budget) => toTurns(budget, pods, budgets.get(budget)?.atOnce ?? 0));
};

/** `Infinity` first; two of them are equal. */
const compareLater = (a: number, b: number): number => (a === b ? 0 : b - a);

const toTurns = (budget: string, pods: readonly LeavingPod[], atOnce: number): BudgetTurns => {
  const charged = pods.filter(({ budgets }) => budgets.includes(budget));
  const recoveries = charged.map(({ recovery }) => recovery);
  const known = recoveries.filter((recovery) => recovery !== undefined);
  return {
    ...(isLimitName(budget) ? {} : { budget }),
    workloads: [...new Set(charged.map(({ owner }) => owner))],
    evictions: charged.length,
    atOnce,
    rounds: atOnce === 0 ? 0 : Math.ceil(charged.length / atOnce),
    ...(known.length === recoveries.length ? { recovery: toSlowest(known) } : {}),
  };
};

/** The budgets of the node, and of earlier nodes whose pods are under the same budgets. */
const listUnknown = ({ pods, ofTask, budgets }: NodeDrainFacts): readonly string[] => {
  const ofNode = toBudgetsOf(pods);
  const several = pods.filter((pod) => pod.budgets.length > 1);
  const unrecovered = ofTask
    .filter(({ recovery }) => recovery === undefined)
    .filter(({ budgets: charged }) => charged.some((budget) => ofNode.includes(budget)));
  const awaited = pods.filter(({ isAwaited }) => isAwaited === true);
  const unseenFirst = pods.filter((pod) => pod.isReplacedFirst && pod.recovery === undefined);
  const [bare, unseen] = [true, false].map((isBare) => unrecovered.filter((pod) => pod.isBare === isBare));
  return [
    ...ofNode.flatMap((budget) => describeVerdict(budget, budgets.get(budget))),
    ...toOwners(several).map((owner) => `more than one budget covers the pods of ${owner}`),
    ...toOwners(awaited).map((owner) => `it waits for ${owner}, and nothing shows how long that runs`),
    ...toOwners(unseenFirst).map(
      (owner) => `a second replica comes first, and no pod of ${owner} shows how long one needs to become Ready`,
    ),
    ...toOwners(bare).map((owner) => `${owner} is not recreated, so its budget waits for a Ready pod of another owner`),
    ...[false, true].flatMap((isLimited) =>
      toOwners(unseen?.filter(({ budgets: charged }) => charged.some(isLimitName) === isLimited)).map((owner) => {
        const waiting = isLimited ? 'maxUnavailable' : 'its budget';
        return `${waiting} waits for replacements, and no pod of ${owner} shows how long one needs to become Ready`;
      }),
    ),
  ];
};

const toOwners = (pods: readonly LeavingPod[] = []): readonly string[] => [...new Set(pods.map(({ owner }) => owner))];

const describeVerdict = (budget: string, moments: BudgetMoments | undefined): readonly string[] => {
  if (moments?.verdict === 'never') return [`budget ${budget} never allows an eviction`];
  return moments?.verdict === 'unknown' ? [`the disruption controller has not processed budget ${budget} yet`] : [];
};
