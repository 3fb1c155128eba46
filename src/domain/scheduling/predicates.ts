import type { PodFacts, Taint, HostPort } from '../cluster/facts.ts';
import type { NodeRoom } from './node-room.ts';
import { toleratesTaint, matchesNodeSelectorTerms } from '../cluster/node-selector.ts';

/** One filter of the scheduler. */
export interface SchedulingPredicate {
  readonly name: string;
  /**
   * `true` when the result depends on the node alone, not on the pods that run there: a pod that every other node fails cannot run
   * elsewhere, however much room is freed.
   */
  readonly isFixed: boolean;
  /** Why the pod cannot run on that node, in the scheduler's wording; empty when this filter passes. */
  readonly reasonsAgainst: (pod: PodFacts, room: NodeRoom) => readonly string[];
}

/** Requests against the unrequested part of allocatable, and the number of pods (k/k plugin `NodeResourcesFit`). */
export const resourcePredicate: SchedulingPredicate = {
  name: 'NodeResourcesFit',
  isFixed: false,
  reasonsAgainst: (pod, { node, usedResources, podCount }) => {
    const tooMany = podCount + 1 > (node.allocatable['pods'] ?? 0) ? ['Too many pods'] : [];
    const insufficient = Object.entries(pod.requests)
      .filter(([name, amount]) => amount > 0 && amount > (node.allocatable[name] ?? 0) - (usedResources[name] ?? 0))
      .map(([name]) => `Insufficient ${name}`);
    return [...tooMany, ...insufficient];
  },
};

/** NoSchedule and NoExecute taints. A node that is not Ready counts as tainted, even before its taint is written. */
export const taintPredicate: SchedulingPredicate = {
  name: 'TaintToleration',
  isFixed: false,
  reasonsAgainst: (pod, { node }) => {
    const isRepelled = node.taints.some(
      (taint) => taint.effect !== 'PreferNoSchedule' && !toleratesTaint(pod.tolerations, taint),
    );
    return isRepelled || !node.ready ? ['node(s) had untolerated taint(s)'] : [];
  },
};

/** The taint that corresponds to a cordon (k/k plugin `NodeUnschedulable`). */
export const UNSCHEDULABLE_TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** Cordoned nodes, nodes of this task and nodes being deleted. A toleration only applies to cordoned nodes. */
export const unschedulablePredicate: SchedulingPredicate = {
  name: 'NodeUnschedulable',
  isFixed: false,
  reasonsAgainst: (pod, { node, removed }) => {
    const cordoned = node.unschedulable && !toleratesTaint(pod.tolerations, UNSCHEDULABLE_TAINT);
    return removed || node.deleting || cordoned ? ['node(s) were unschedulable'] : [];
  },
};

/** `nodeSelector` and required node affinity: both must match. */
export const nodeAffinityPredicate: SchedulingPredicate = {
  name: 'NodeAffinity',
  isFixed: true,
  reasonsAgainst: (pod, { node }) => {
    const isSelected = Object.entries(pod.nodeSelector).every(([key, value]) => node.labels[key] === value);
    const isWanted = pod.requiredNodeAffinity === undefined || matchesNodeSelectorTerms(node, pod.requiredNodeAffinity);
    return isSelected && isWanted ? [] : ["node(s) didn't match Pod's node affinity/selector"];
  },
};

const EVERY_ADDRESS = '0.0.0.0';

/** Same protocol and port on the same address; 0.0.0.0 conflicts with every address. */
export const hostPortPredicate: SchedulingPredicate = {
  name: 'NodePorts',
  isFixed: false,
  reasonsAgainst: (pod, { hostPorts }) =>
    pod.hostPorts.some((wanted) => hostPorts.some((used) => collide(wanted, used)))
      ? ["node(s) didn't have free ports for the requested pod ports"]
      : [],
};

const collide = (a: HostPort, b: HostPort): boolean =>
  a.protocol === b.protocol &&
  a.hostPort === b.hostPort &&
  (a.hostIP === b.hostIP || a.hostIP === EVERY_ADDRESS || b.hostIP === EVERY_ADDRESS);
