import { toleratesTaint } from '../cluster/node-selector.ts';
import type { SchedulingPredicate } from './predicate.ts';

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
