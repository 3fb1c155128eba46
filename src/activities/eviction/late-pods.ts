import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { toShortList } from '../../domain/text/counts.ts';

/** For pods on a node that was empty. `names`: at least one. */
export const toLatePods = (nodeName: string, names: readonly string[]): DecommissionFailure =>
  new DecommissionFailure(
    FailureType.NodeBoundPods,
    `pods appeared on node ${nodeName} after it was drained: ${toShortList(names, 5)}. Find out what creates them, then start again.`,
  );
