/** The worker's configuration, validated, every default filled in. `load-configuration.ts` makes it. */
export interface Configuration {
  /** By the name that requests use in `cluster`. */
  readonly clusters: Readonly<Record<string, ClusterSettings>>;
  readonly waits: WaitSettings;
  readonly limits: LimitSettings;
  /** This worker's own pod, from POD_NAMESPACE and POD_NAME (downward API); absent outside a cluster. */
  readonly ownPod?: { readonly namespace: string; readonly name: string };
}

export type ClusterSettings =
  { readonly kind: 'kubeconfig'; readonly path: string; readonly context?: string } | { readonly kind: 'inCluster' };

/** Fixed waits of the pipeline, in seconds; fractions are allowed so that tests can shorten them. */
export interface WaitSettings {
  /** After the cordon, before the second look: the scheduler may have bound a pod meanwhile. Default 5. */
  readonly settleSeconds: number;
  /** Between the two looks that prove a node empty. Default 5. */
  readonly emptyTwiceSeconds: number;
  /** How long a deleted Node must stay gone. Default 60. */
  readonly staysGoneSeconds: number;
  /** Deadline for volumes to detach. Default 600. */
  readonly detachSeconds: number;
  /** Deadline for the disruption controller to take up a budget of ours. Default 60. */
  readonly budgetObservedSeconds: number;
}

export interface LimitSettings {
  /** Eviction calls under way at once, for one node. Default 20. */
  readonly maxConcurrentEvictions: number;
  /** Activities that one worker runs at once; each waiting eviction takes one. Default 2000. */
  readonly activitySlots: number;
  /** Deadline of one API call. Default 30. */
  readonly requestTimeoutSeconds: number;
}
