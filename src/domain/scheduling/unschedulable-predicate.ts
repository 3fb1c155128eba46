import type { Taint } from '../facts.ts';
import { toleratesTaint } from '../node-selector.ts';
import type { SchedulingPredicate } from './scheduling-predicate.ts';

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
