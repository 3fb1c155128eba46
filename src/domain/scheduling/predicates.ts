import type { PodFacts, Taint, HostPort } from '../cluster/facts.ts';
import type { NodeRoom } from './node-room.ts';
import { toleratesTaint, matchesNodeSelectorTerms } from '../cluster/node-selector.ts';

/**
 * One test of the scheduler's: why the pod cannot go to that node, in kube-scheduler's own words; empty when this test lets it go.
 */
export interface SchedulingPredicate {
  readonly name: string;
  /**
   * `true` when the answer depends on the node alone, not on what runs there: then a pod that no other node would take cannot live
   * anywhere else, whatever is freed.
   */
  readonly isFixed: boolean;
  readonly reasonsAgainst: (pod: PodFacts, room: NodeRoom) => readonly string[];
}

/** Requests against what is allocatable and not yet requested, and the number of pods (k/k plugin `NodeResourcesFit`). */
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

/** NoSchedule and NoExecute taints. A node that is not Ready counts as tainted, also in the moment before its taint is written. */
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

/** The taint that a cordon amounts to (k/k plugin `NodeUnschedulable`). */
export const UNSCHEDULABLE_TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** Cordoned nodes, those of this task and those being deleted. A toleration helps against the first only. */
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

/** Same protocol and port on the same address; 0.0.0.0 collides with every address. */
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
