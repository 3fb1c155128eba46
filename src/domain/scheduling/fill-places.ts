import type { NodeFacts, PodFacts } from '../cluster/facts.ts';
import { isFinished } from '../cluster/pod-state.ts';
import type { TrialOutcome } from './placement-trial.ts';
import type { Rescheduling } from './rescheduling.ts';

/** Of a node, more combinations of pods are not compared. */
const MAX_SUMS = 4_000;

/**
 * Other pods that together leave less room on each of these nodes than the pod requests, so that it finds none if they come first: no order by size
 * finds the combination that fills a node exactly. Of each node only those that got it in a trial. Undefined when there are no such pods for
 * one of the nodes. Pure.
 *
 * @param workload pods of one template; the others are those that move or wait beside them
 */
export const fillPlaces = (
  rescheduling: Rescheduling,
  outcomes: readonly TrialOutcome[],
  workload: readonly PodFacts[],
  nodeNames: readonly string[],
): readonly PodFacts[] | undefined => {
  const [wanted] = workload;
  const own = new Set(workload.map(({ uid }) => uid));
  const all = [...rescheduling.moving.map(({ pod }) => pod), ...rescheduling.waiting];
  const chosen: PodFacts[] = [];
  for (const nodeName of nodeNames) {
    const node = rescheduling.nodes.find(({ name }) => name === nodeName);
    const others = all.filter((pod) => !own.has(pod.uid) && !chosen.includes(pod) && hadPlace(pod, nodeName, outcomes));
    const filling =
      wanted === undefined || node === undefined ? undefined : fillNode(rescheduling, node, wanted, others);
    if (filling === undefined) return undefined;
    chosen.push(...filling);
  }
  return chosen;
};

const hadPlace = ({ uid }: PodFacts, nodeName: string, outcomes: readonly TrialOutcome[]): boolean =>
  outcomes.some(({ result }) => {
    const place = result.places.get(uid);
    return place !== undefined && 'nodeName' in place && place.nodeName === nodeName;
  });

/** By the first of the resources that can be filled. */
const fillNode = (
  { pods, moving }: Rescheduling,
  { name, allocatable }: NodeFacts,
  wanted: PodFacts,
  others: readonly PodFacts[],
): readonly PodFacts[] | undefined => {
  const leaving = new Set(moving.map(({ pod: { uid } }) => uid));
  const staying = pods.filter((pod) => pod.nodeName === name && !leaving.has(pod.uid) && !isFinished(pod));
  for (const [resource, amount] of Object.entries(wanted.requests)) {
    const used = staying.reduce((sum, { requests }) => sum + (requests[resource] ?? 0), 0);
    const free = (allocatable[resource] ?? 0) - used;
    const filling = chooseSum(others, ({ requests }) => requests[resource] ?? 0, {
      above: free - amount,
      atMost: free,
    });
    if (filling !== undefined) return filling;
  }
  return undefined;
};

/** Some of the items whose amounts sum up to more than `above` and at most `atMost`; undefined if there are none. Pure. */
export const chooseSum = <Item>(
  items: readonly Item[],
  toAmount: (item: Item) => number,
  { above, atMost }: { readonly above: number; readonly atMost: number },
): readonly Item[] | undefined => {
  const sums = new Map<number, readonly Item[]>([[0, []]]);
  if (above < 0) return atMost < 0 ? undefined : [];
  for (const item of items) {
    const amount = toAmount(item);
    for (const [sum, chosen] of amount <= 0 ? [] : [...sums]) {
      const next = sum + amount;
      if (next > atMost || sums.has(next)) continue;
      const together = [...chosen, item];
      if (next > above) return together;
      if (sums.size === MAX_SUMS) return undefined;
      sums.set(next, together);
    }
  }
  return undefined;
};
