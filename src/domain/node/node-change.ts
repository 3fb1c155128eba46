import type { AnnotationChange } from '../cluster/annotations.ts';
import type { Taint } from '../cluster/facts.ts';

/** One write to a Node; fields that are absent stay unchanged. */
export interface NodeChange {
  readonly unschedulable?: boolean;
  readonly annotations?: AnnotationChange;
  readonly labels?: AnnotationChange;
  /** All taints that the Node has afterwards. */
  readonly taints?: readonly Taint[];
}

/** `notes`: later changes by other clients that are kept, one sentence each; empty when the undo is complete. */
export interface NodeRestorePlan {
  readonly change: NodeChange | 'nothing';
  /** The node is past its point of no return since then: nothing is changed. */
  readonly passedAt?: string;
  readonly notes: readonly string[];
}
