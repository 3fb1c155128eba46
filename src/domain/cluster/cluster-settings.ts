/** Where a cluster's address and credentials come from. */
export type ClusterSettings =
  | {
      readonly kind: 'kubeconfig';
      /** One file, or several as in the variable KUBECONFIG: joined by `:` (`;` on Windows). */
      readonly path: string;
      /** Absent: the current context. */
      readonly context?: string;
    }
  | { readonly kind: 'inCluster' };
