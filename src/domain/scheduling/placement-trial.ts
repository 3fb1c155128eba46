/** One way in which the pods of the removed nodes could be placed again. */
export interface PlacementTrial {
  readonly removedNodeNames: readonly string[];
  /**
   * `cordoned`: the removed nodes exist, take no pod, and still count in topology spread, as during the drain. `deleted`: they do not exist,
   * as at its end.
   */
  readonly removedNodes: 'cordoned' | 'deleted';
  /** In the order in which they are placed; each occupies its new node for those after it. */
  readonly pods: readonly TrialPod[];
  /**
   * `together`: all have left their nodes before the first is placed. `oneByOne`: each leaves directly before it is placed, so those after it
   * still count where they are. `later`: all count where they are until the last is placed, as pods that take long to terminate do.
   */
  readonly leave: 'together' | 'oneByOne' | 'later';
  /** Which of the nodes that fit a pod is taken. */
  readonly choice: NodeChoice;
  /** Each pod gets the first of these nodes that fits it, and only if none does the choice among all: they are filled first. */
  readonly preferredNodeNames?: readonly string[];
}

export interface TrialPod {
  /** Of `SchedulerFacts.pods`; one without a node competes for the same room. */
  readonly uid: string;
  /** Index into `SchedulerFacts.templates` if it is recreated from another than its own. */
  readonly template?: number;
}

/**
 * `scheduler`: kube-scheduler's score plugins with their default weights. `fullest`, `emptiest`: the node with the largest or the smallest
 * share of requested resources after the placement, as adversaries of what the score prefers.
 */
export type NodeChoice = 'scheduler' | 'fullest' | 'emptiest';

export interface TrialResult {
  /** By UID, one for each pod of the trial. */
  readonly places: ReadonlyMap<string, TrialPlace>;
}

/** A trial with its result. */
export interface TrialOutcome {
  readonly trial: PlacementTrial;
  readonly result: TrialResult;
}

export type TrialPlace = { readonly nodeName: string } | NoPlace;

export interface NoPlace {
  /** kube-scheduler's own sentence, e.g. `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` */
  readonly message: string;
  /** The plugins that rejected the pod, e.g. `NodeResourcesFit`; sorted. */
  readonly plugins: readonly string[];
  /** It would have a place if pods of lower priority were removed from a node. */
  readonly isPlacedByPreemption: boolean;
}

/** Equal for trials of one task that try the same. Pure. */
export const toTrialKey = ({ removedNodes, leave, choice, preferredNodeNames = [], pods }: PlacementTrial): string =>
  [removedNodes, leave, choice, ...preferredNodeNames, ...pods.map(({ uid }) => uid)].join(' ');
