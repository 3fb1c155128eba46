/** Annotations, labels and taints on Kubernetes objects. Users and other programs rely on them: changing one is a breaking change. */

export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'node-decommission';

const PREFIX = 'node-decommission.io/';

/** On the Node: which task holds it, as JSON of `LockHolder`. */
export const LOCK_ANNOTATION = `${PREFIX}lock`;
/** On the Node: who last removed a lock manually, and why; kept for later audits. */
export const UNLOCK_ANNOTATION = `${PREFIX}unlocked`;
/** On the Node: the task that cordoned it or set the annotations below. */
export const OWNER_TASK_ANNOTATION = `${PREFIX}task`;
/** On the Node: its state before the task, as JSON of `EarlierNodeState`. */
export const EARLIER_STATE_ANNOTATION = `${PREFIX}earlier-state`;
/**
 * On the Node: when a run passed its point of no return, RFC 3339. While it is there, no one removes the cordon or the lock: not another
 * run, not a run that was reset, not the janitor.
 */
export const POINT_OF_NO_RETURN_ANNOTATION = `${PREFIX}point-of-no-return`;
/** On the Node: which task drained it and left it cordoned (`deleteNode: false`), as JSON of `DrainedMark`; `uncordon` removes it. */
export const DRAINED_ANNOTATION = `${PREFIX}drained`;
/** Taint of effect PreferNoSchedule on a node that waits for its turn (`cordon: inTurn`); its value is the task. */
export const WAITING_TAINT_KEY = `${PREFIX}waiting`;
/**
 * Taint of effect NoSchedule on a node that is about to lose its kubelet, after its drain; its value is the task. DaemonSets whose pods must
 * run to the end tolerate it.
 */
export const LEAVING_TAINT_KEY = `${PREFIX}leaving`;
export const REQUESTED_BY_ANNOTATION = `${PREFIX}requested-by`;
export const REASON_ANNOTATION = `${PREFIX}reason`;
/** On a budget that a task created: hash of the spec as written, to detect a later edit. */
export const BUDGET_SPEC_HASH_ANNOTATION = `${PREFIX}spec-hash`;
/**
 * On a Deployment: the task that started its second replica, see `toSurgeLabel`. A label, because the Deployment controller copies
 * annotations to ReplicaSets and never removes them there (k/k `copyDeploymentAnnotationsToReplicaSet`).
 */
export const SURGE_LABEL = `${PREFIX}surge`;
/** On a pod that is replaced: its deletion cost before the task; empty: it had none. */
export const EARLIER_DELETION_COST_ANNOTATION = `${PREFIX}earlier-deletion-cost`;
/** A ReplicaSet that is scaled down removes the Ready pod with the lowest cost first (KEP-2255). */
export const DELETION_COST_ANNOTATION = 'controller.kubernetes.io/pod-deletion-cost';
/** The smallest and the largest 32-bit number. */
export const LOWEST_DELETION_COST = '-2147483648';
export const HIGHEST_DELETION_COST = '2147483647';
/** Cluster Autoscaler does not scale down the node while this is `true` (cluster-autoscaler FAQ). */
export const SCALE_DOWN_DISABLED_ANNOTATION = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
/**
 * Controllers of external load balancers leave out a Node with this label, whatever its value is (KEP-1143); here: the task that drains it.
 */
export const EXCLUDE_BALANCERS_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** Value of every `NodeDrainTask<ID>` annotation. */
export const TASK_ANNOTATION_VALUE = 'processing';

/** Annotation key on budgets and nodes for as long as the task works on them. */
export const toTaskAnnotation = (taskId: string): string => `NodeDrainTask${taskId}`;

/** True for the annotation of any task, including the current one. */
export const isTaskAnnotation = (key: string): boolean => key.startsWith('NodeDrainTask');

/** Of an object's annotations or labels; keys that are absent stay unchanged. `null` removes the key. */
export type AnnotationChange = Readonly<Record<string, string | null>>;
