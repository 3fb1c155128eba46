import type { LabelSelector, PodFacts } from './facts.ts';
import { matchesLabelSelector } from './label-selector.ts';
import { findWorkload, type WorkloadIndex } from './workload-index.ts';

/** Pods by the value of one label. */
type PodsByValue = ReadonlyMap<string, readonly PodFacts[]>;

/**
 * For each list of pods that selectors were applied to: its pods by the labels that they name. Hundreds of selectors are applied to the tens
 * of thousands of pods of a namespace; compared one by one, they would stop everything else in the process for seconds.
 */
const byLabel = new WeakMap<readonly PodFacts[], Map<string, PodsByValue>>();
const byWorkload = new WeakMap<readonly PodFacts[], WeakMap<WorkloadIndex, PodsByValue>>();

/** Those of the pods whose labels match, in their order; namespaces are not compared. The list must not change afterwards. Pure. */
export const selectPods = (pods: readonly PodFacts[], selector: LabelSelector | undefined): readonly PodFacts[] => {
  if (selector === undefined) return [];
  const [[key, value] = []] = Object.entries(selector.matchLabels);
  const candidates = key === undefined || value === undefined ? pods : (toIndex(pods, key).get(value) ?? []);
  return candidates.filter(({ labels }) => matchesLabelSelector(labels, selector));
};

/** Those of the pods that `findWorkload` finds this workload for, in their order. Neither the list nor the index may change afterwards. Pure. */
export const selectPodsOf = (
  pods: readonly PodFacts[],
  workload: { readonly uid: string },
  index: WorkloadIndex,
): readonly PodFacts[] => indexByWorkload(pods, index).get(workload.uid) ?? [];

/** Prepares `selectPodsOf` for these pods, which it then answers at once. Neither the list nor the index may change afterwards. */
export const indexByWorkload = (pods: readonly PodFacts[], index: WorkloadIndex): PodsByValue => {
  const known = byWorkload.get(pods) ?? new WeakMap<WorkloadIndex, PodsByValue>();
  byWorkload.set(pods, known);
  const groups = known.get(index) ?? groupBy(pods, (pod) => findWorkload(pod, index)?.uid);
  known.set(index, groups);
  return groups;
};

const toIndex = (pods: readonly PodFacts[], key: string): PodsByValue => {
  const known = byLabel.get(pods) ?? new Map<string, PodsByValue>();
  byLabel.set(pods, known);
  const values = known.get(key) ?? groupBy(pods, ({ labels }) => labels[key]);
  known.set(key, values);
  return values;
};

const groupBy = (pods: readonly PodFacts[], toKey: (pod: PodFacts) => string | undefined): PodsByValue => {
  const groups = new Map<string, PodFacts[]>();
  for (const pod of pods) {
    const key = toKey(pod);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [pod]);
    else group.push(pod);
  }
  return groups;
};
