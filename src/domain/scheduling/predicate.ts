import type { PodFacts } from '../cluster/facts.ts';
import type { NodeRoom } from './node-room.ts';

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
