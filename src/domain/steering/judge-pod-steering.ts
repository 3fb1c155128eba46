import type { PodAction, Steering } from './steering.ts';

/** A pod as the workflow of its node knows it. */
export interface SteeredPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `waiting`: its eviction runs, or is recalled by a pause. `gone`: it has left the node. */
  readonly state: 'waiting' | 'skipped' | 'gone';
}

export interface PodSteeringFacts {
  readonly nodeName: string;
  /** The step `evict` runs. */
  readonly isDraining: boolean;
  readonly isPaused: boolean;
  readonly pods: readonly SteeredPod[];
}

/** The pod that the message names, or a sentence that describes why it is refused. Pure. */
export const judgePodSteering = (
  action: PodAction,
  wanted: NonNullable<Steering['pod']>,
  { nodeName, isDraining, isPaused, pods }: PodSteeringFacts,
): SteeredPod | string => {
  if (!isDraining) return `node ${nodeName} evicts no pods now, so ${action} has nothing to act on.`;
  const label = `pod ${wanted.namespace}/${wanted.name}`;
  const named = pods.filter(({ namespace, name }) => namespace === wanted.namespace && name === wanted.name);
  const found = named.filter(({ uid }) => wanted.uid === undefined || uid === wanted.uid);
  const left = found.find(({ state }) => state !== 'gone');
  if (left === undefined) return describeAbsence(label, nodeName, named, found);
  if (isPaused && action !== 'skipPod')
    return `the run is paused, so nothing is sent for ${label}. Resume it, then send ${action} again.`;
  return left;
};

const describeAbsence = (
  label: string,
  nodeName: string,
  named: readonly SteeredPod[],
  found: readonly SteeredPod[],
): string => {
  const [first] = named;
  if (first === undefined) return `node ${nodeName} has no ${label} to evict. \`status\` lists its pods.`;
  if (found.length === 0) return `${label} has UID ${first.uid}; the one that was named is not on node ${nodeName}.`;
  return `${label} has left node ${nodeName} already.`;
};
