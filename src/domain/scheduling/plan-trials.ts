import type { PodFacts } from '../cluster/facts.ts';
import { groupByWorkload, placeLast } from './workload-orders.ts';
import { toPlacementOrders, type PlacementOrder } from './placement-orders.ts';
import type { NodeChoice, PlacementTrial, TrialPod } from './placement-trial.ts';
import type { Rescheduling } from './rescheduling.ts';

interface Course {
  readonly removedNodes: PlacementTrial['removedNodes'];
  readonly leave: PlacementTrial['leave'];
  readonly order: PlacementOrder;
  readonly choice: NodeChoice;
}

const course = (
  removedNodes: Course['removedNodes'],
  leave: Course['leave'],
  order: PlacementOrder,
  choice: NodeChoice,
): Course => ({ removedNodes, leave, order, choice });

/**
 * The most informative first, because a large task has fewer: the drain as it is planned, then its end, then the orders and choices that
 * spoil the room for others, then those that save it.
 */
const COURSES: readonly Course[] = [
  course('cordoned', 'oneByOne', 'drain', 'scheduler'),
  course('deleted', 'together', 'queue', 'scheduler'),
  course('cordoned', 'together', 'smallestFirst', 'emptiest'),
  course('cordoned', 'together', 'largestFirst', 'fullest'),
  course('deleted', 'together', 'smallestFirst', 'emptiest'),
  course('deleted', 'together', 'largestFirst', 'fullest'),
  course('cordoned', 'together', 'queue', 'scheduler'),
  course('cordoned', 'together', 'fewestChoicesFirst', 'scheduler'),
  course('cordoned', 'oneByOne', 'smallestFirst', 'emptiest'),
  course('deleted', 'together', 'fewestChoicesFirst', 'scheduler'),
  course('cordoned', 'oneByOne', 'drain', 'fullest'),
  course('cordoned', 'together', 'smallestFirst', 'fullest'),
];

/**
 * Only with pods that require others on their node or in their zone: see `countsLater` in `judge-trials.ts`. Pods of the removed nodes
 * are their first choice while these terminate.
 */
const LATER = course('cordoned', 'later', 'drain', 'scheduler');

/** Each workload once at the end, with every choice for the others. Of many workloads only the first: the courses above cover the rest. */
const LAST = { removedNodes: 'cordoned', leave: 'together' } as const;
const CHOICES: readonly NodeChoice[] = ['scheduler', 'emptiest', 'fullest'];
const MAX_LAST_TRIALS = 60;

/** The drain and its end are always tried. */
const MIN_TRIALS = 2;
/** Placing one pod examines every node, for 5 µs each by score, else less than 1: all trials together take some seconds, unless the task is large. */
const MAX_EXAMINED_NODES = 2_000_000;

/**
 * The trials that decide the verdicts of `judgeTrials`; none when no pod moves. Without a deletion of the nodes their end is tried once all
 * the same: it shows which pods only the removed nodes can run. Each is planned when it is asked for: of a large task, all together would
 * take seconds, and often only the first is needed.
 */
export const planTrials = function* (rescheduling: Rescheduling): Generator<PlacementTrial, void, undefined> {
  if (rescheduling.moving.length === 0) return;
  let left = countAffordable(rescheduling);
  for (const { pods, ...trial } of planCourses(rescheduling)) {
    if (left === 0) return;
    left -= 1;
    yield { removedNodeNames: rescheduling.removedNodeNames, pods: toTrialPods(rescheduling, pods), ...trial };
  }
};

type PlannedCourse = Omit<Course, 'order'> & { readonly pods: readonly PodFacts[] };

const planCourses = function* (rescheduling: Rescheduling): Generator<PlannedCourse, void, undefined> {
  const { moving, deletesNodes } = rescheduling;
  const orders = toPlacementOrders(rescheduling);
  const courses = [
    ...COURSES.slice(0, MIN_TRIALS),
    ...(moving.some(({ pod }) => pod.requiredPodAffinity.length > 0) ? [LATER] : []),
    ...COURSES.slice(MIN_TRIALS).filter(({ removedNodes }) => deletesNodes || removedNodes === 'cordoned'),
  ];
  for (const { order, ...rest } of courses) yield { pods: orders[order], ...rest };
  let count = 0;
  for (const own of groupByWorkload(moving.map(({ pod }) => pod))) {
    const pods = placeLast(orders.queue, own);
    for (const choice of pods === undefined ? [] : CHOICES) {
      if (count === MAX_LAST_TRIALS) return;
      count += 1;
      yield { pods: pods ?? [], ...LAST, choice };
    }
  }
};

/** How many trials of this task can be made in the time. */
export const countAffordable = ({ nodes, moving, waiting }: Rescheduling): number => {
  const cost = Math.max(1, (moving.length + waiting.length) * nodes.length);
  return Math.max(MIN_TRIALS, Math.floor(MAX_EXAMINED_NODES / cost));
};

/** The pods as they are recreated, in the given order. */
export const toTrialPods = ({ moving }: Rescheduling, pods: readonly PodFacts[]): readonly TrialPod[] => {
  const recreated = new Map(moving.map((each) => [each.pod.uid, each]));
  return pods.map(({ uid: ownUid }) => {
    const { template, secondUid: uid = ownUid } = recreated.get(ownUid) ?? {};
    return template === undefined ? { uid } : { uid, template };
  });
};
