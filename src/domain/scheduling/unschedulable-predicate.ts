import type { Taint } from '../cluster/facts.ts';
import { toleratesTaint } from '../cluster/node-selector.ts';
import type { SchedulingPredicate } from './predicate.ts';

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
