/** Where a cluster's address and credentials come from. */
export type ClusterSettings = ClusterLimits &
  (
    | {
        readonly kind: 'kubeconfig';
        /** One file, or several as in the variable KUBECONFIG: joined by `:` (`;` on Windows). */
        readonly path: string;
        /** Absent: the current context. */
        readonly context?: string;
      }
    | { readonly kind: 'inCluster' }
  );

/** What holds for all tasks of a cluster. */
export interface ClusterLimits {
  /** How many nodes they work on at once; absent: any number. All workers of the cluster need the same value. */
  readonly maxConcurrentNodes?: number;
}
