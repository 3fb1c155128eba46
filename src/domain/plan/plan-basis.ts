/**
 * What an approved plan rests on, small enough for a request: pods by workload, because replaced pods of the same workload change nothing.
 * See `listPlanChanges`.
 */
export interface PlanBasis {
  readonly version: 1;
  /** RFC 3339: when the plan was made. */
  readonly createdAt: string;
  /** UID of the `kube-system` namespace. */
  readonly kubeSystemUid: string;
  readonly nodes: readonly NodeBasis[];
  /** What the run does about budgets, e.g. `create web/web-pdb for Deployment/web (25%)`; sorted. */
  readonly budgets: readonly string[];
  /** Refusals and warnings with how often each occurs, e.g. `{"PodDoesNotFit of web Deployment/web": 2}`. */
  readonly findings: Readonly<Record<string, number>>;
}

export interface NodeBasis {
  readonly nodeName: string;
  readonly nodeUid: string;
  /** How many pods leave, by namespace and workload, e.g. `{"web Deployment/web": 3}`; a bare pod has its own name. */
  readonly leavingPods: Readonly<Record<string, number>>;
  /** What the stages on its host touch, e.g. `unit kubelet.service`, sorted; absent when the host is not cleaned, or was not checked. */
  readonly touched?: readonly string[];
}
