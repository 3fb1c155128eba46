import type {
  AccessRight,
  AutoscalerFacts,
  ClusterAddress,
  ClusterIdentity,
  DeploymentFacts,
  DisruptionBudgetFacts,
  EndpointFacts,
  LabelSelector,
  NodeFacts,
  OwnerReference,
  PodFacts,
  PodRef,
  VolumeAttachmentFacts,
  VolumeClaimFacts,
  VolumeFacts,
  WorkloadFacts,
} from '../domain/cluster/facts.ts';
import type { ServiceFacts } from '../domain/cluster/service.ts';
import type { SchedulerFacts } from '../domain/scheduling/scheduler-facts.ts';
import type { AnnotationChange } from '../domain/cluster/annotations.ts';
import type { CreationAnswer, Replacement } from '../domain/preflight/creation-trial.ts';
import type { DeploymentChange } from '../domain/surge/plan-surge-release.ts';
import type { NodeChange } from '../domain/node/node-change.ts';
import type { NodeObjects } from '../domain/node/node-objects.ts';
import type { ClusterFailure } from './cluster-failure.ts';

/** One version of an object; a write with it fails with `Conflict` when the object has changed. */
export interface ObjectVersion {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Which pods are read; each part narrows the others. */
export interface PodScope {
  readonly nodeName?: string;
  readonly namespace?: string;
  /** Of their labels. */
  readonly selector?: LabelSelector;
}

export interface NewDisruptionBudget {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly selector: LabelSelector;
  readonly maxUnavailable: number | string;
  readonly unhealthyPodEvictionPolicy: 'AlwaysAllow' | 'IfHealthyBudget';
}

/** The API server's response to an eviction. Status and cause are mapped to it in one place only. */
export type EvictionAnswer =
  | { readonly kind: 'accepted' }
  /** 404: no pod with that name. */
  | { readonly kind: 'gone' }
  /** 409: the UID precondition failed; another pod now has the name. */
  | { readonly kind: 'otherUid' }
  | { readonly kind: 'blockedByBudget'; readonly message: string; readonly retryAfterSeconds?: number }
  | { readonly kind: 'multipleBudgets'; readonly message: string }
  /** API Priority and Fairness, or a webhook that returns 429. */
  | { readonly kind: 'throttled'; readonly message: string; readonly retryAfterSeconds?: number }
  | { readonly kind: 'namespaceTerminating'; readonly message: string }
  /** An admission webhook denied the request, with any status; a later request may be admitted. */
  | { readonly kind: 'denied'; readonly message: string }
  /** 401: the API server is starting, or a token is being renewed; the eviction did not take effect. */
  | { readonly kind: 'unauthorized'; readonly message: string }
  /** RBAC denied the request: retrying does not help. */
  | { readonly kind: 'forbidden'; readonly message: string }
  | { readonly kind: 'invalid'; readonly message: string }
  /** 5xx, or a conflict inside the server: retried. */
  | { readonly kind: 'serverError'; readonly message: string; readonly retryAfterSeconds?: number }
  /** No response; the eviction may have taken effect. */
  | { readonly kind: 'unknown'; readonly message: string };

export type DeletionAnswer = 'accepted' | 'gone' | 'otherUid';

/** Called with all items after every LIST, then with each change. */
export interface FollowListener<Item> {
  /** All current items, uncached; they replace all earlier ones. Called after every LIST. */
  onSync(items: readonly Item[]): void;
  onChange(item: Item): void;
  onRemove(item: Item): void;
  /** The watch failed; the follower keeps retrying and syncs again. */
  onTrouble(failure: ClusterFailure): void;
}

export interface Follower {
  /** Ends the watch; no listener call comes after it. */
  stop(): void;
}

/** What preflight evaluates and what kube-scheduler reads, from the same LISTs: each kind is requested once. */
export interface ClusterSnapshot {
  readonly nodes: readonly NodeFacts[];
  /** Of all namespaces, as are the claims. */
  readonly pods: readonly PodFacts[];
  readonly claims: readonly VolumeClaimFacts[];
  readonly volumes: readonly VolumeFacts[];
  readonly attachments: readonly VolumeAttachmentFacts[];
  readonly scheduling: SchedulerFacts;
  /** Kinds that `scheduling.objects` lacks because the permission to list them is missing. */
  readonly forbiddenKinds: readonly string[];
}

/**
 * One Kubernetes cluster in domain types. Every call has a deadline, honours the ambient cancellation signal where there is one, and throws
 * only `ClusterFailure`. Reads are uncached. "Not found" is `undefined`, not an error.
 */
export interface Cluster {
  /** Name in the worker's configuration. */
  readonly name: string;
  /** The process runs as a pod of this cluster, with the pod's service account. */
  readonly inCluster: boolean;
  /**
   * `maxAgeSeconds`: what the API server reported within this time is enough, as long as address, CA and credentials are the same and no new
   * connection has led to another server; absent: the server is asked now.
   */
  readIdentity(scope?: { readonly maxAgeSeconds: number }): Promise<ClusterIdentity>;
  /** Never throws: without a response of the API server only its version is absent. */
  readAddress(): Promise<ClusterAddress>;

  /**
   * One LIST of each kind that the scheduler reads. A kind that is not served, or whose permission is optional and missing
   * (`RIGHTS_TO_PLACE`), is left out.
   */
  readSnapshot(): Promise<ClusterSnapshot>;

  readNode(nodeName: string): Promise<NodeFacts | undefined>;
  /**
   * `selector`: only those with these labels, in the syntax of the API server, e.g. `pool=old,!spot`.
   * @throws ClusterFailure `Invalid`: the selector cannot be parsed.
   */
  readNodes(scope?: { readonly selector?: string }): Promise<readonly NodeFacts[]>;
  /**
   * Merge patch with the resourceVersion and UID of `target` as preconditions.
   *
   * @throws ClusterFailure `Conflict`: resourceVersion or UID differs.
   * @throws ClusterFailure `NotFound`: the Node is gone.
   */
  patchNode(target: ObjectVersion, change: NodeChange): Promise<NodeFacts>;
  /** With the UID as precondition. With `dryRun` the server runs everything, webhooks included, and changes nothing. */
  deleteNode(
    target: { readonly name: string; readonly uid: string },
    options: { readonly dryRun: boolean },
  ): Promise<DeletionAnswer>;

  /**
   * What other components keep for the node of this name: of each kind that the cluster serves. A kind that cannot be read, e.g. because its
   * permission is missing (`RIGHTS_TO_READ_NODE_OBJECTS`), is `unread`. Never throws.
   */
  readNodeObjects(nodeName: string): Promise<NodeObjects>;

  readPods(scope: PodScope): Promise<readonly PodFacts[]>;
  readPod(namespace: string, name: string): Promise<PodFacts | undefined>;
  /** `gracePeriodSeconds` absent: the pod's own. Never throws for a response of the server. */
  evictPod(pod: PodRef, gracePeriodSeconds?: number): Promise<EvictionAnswer>;
  /** The same as a server-side dry run: it checks budgets and webhooks, charges no budget and changes nothing. */
  tryEviction(pod: PodRef): Promise<EvictionAnswer>;
  /** A plain DELETE with the pod's own grace period and its UID as precondition: budgets are not consulted. */
  deletePod(pod: PodRef): Promise<DeletionAnswer>;
  /** @throws ClusterFailure `Conflict` or `NotFound`, as `patchNode`. */
  annotatePod(target: ObjectVersion & { readonly namespace: string }, change: AnnotationChange): Promise<PodFacts>;

  readDeployment(namespace: string, name: string): Promise<DeploymentFacts | undefined>;
  /** Those of all namespaces that have this label, with any value. */
  readDeployments(scope: { readonly label: string }): Promise<readonly DeploymentFacts[]>;
  /** @throws ClusterFailure `Conflict` or `NotFound`, as `patchNode`. */
  patchDeployment(
    target: ObjectVersion & { readonly namespace: string },
    change: DeploymentChange,
  ): Promise<DeploymentFacts>;
  readAutoscalers(namespace: string): Promise<readonly AutoscalerFacts[]>;
  readEndpoints(namespace: string): Promise<readonly EndpointFacts[]>;

  /** Of all namespaces; `undefined` when the permission is missing: it is optional. */
  readServices(): Promise<readonly ServiceFacts[] | undefined>;

  /** The workload that an owner reference names; `undefined` when it is gone or has another UID. */
  readWorkload(namespace: string, owner: OwnerReference): Promise<WorkloadFacts | undefined>;

  /** All namespaces when none is named. */
  readBudgets(namespace?: string): Promise<readonly DisruptionBudgetFacts[]>;
  readBudget(namespace: string, name: string): Promise<DisruptionBudgetFacts | undefined>;
  /** @throws ClusterFailure `AlreadyExists`: the name is taken. */
  createBudget(budget: NewDisruptionBudget): Promise<DisruptionBudgetFacts>;
  /** As a server-side dry run: everything runs, webhooks included, and nothing is stored. Never throws. */
  tryBudget(budget: NewDisruptionBudget): Promise<CreationAnswer>;
  /** The same for a pod, as its controller will create it again. Never throws. */
  tryReplacement(replacement: Replacement): Promise<CreationAnswer>;
  annotateBudget(
    target: ObjectVersion & { readonly namespace: string },
    change: AnnotationChange,
  ): Promise<DisruptionBudgetFacts>;
  /** With UID and resourceVersion as preconditions. */
  deleteBudget(target: ObjectVersion & { readonly namespace: string }): Promise<DeletionAnswer>;

  readVolumeClaims(namespace: string): Promise<readonly VolumeClaimFacts[]>;
  readVolumes(): Promise<readonly VolumeFacts[]>;
  readVolumeAttachments(): Promise<readonly VolumeAttachmentFacts[]>;

  /** Those of `rights` that the current identity does not have. */
  readMissingRights(rights: readonly AccessRight[]): Promise<readonly AccessRight[]>;

  followPods(scope: PodScope, listener: FollowListener<PodFacts>): Follower;
  followBudgets(listener: FollowListener<DisruptionBudgetFacts>): Follower;
  /** Those that are cordoned; a Node that is uncordoned is removed, as one that is deleted. */
  followCordonedNodes(listener: FollowListener<NodeFacts>): Follower;
  followNode(nodeName: string, listener: FollowListener<NodeFacts>): Follower;
  /** Those of all nodes: the API server cannot select them by node. */
  followVolumeAttachments(listener: FollowListener<VolumeAttachmentFacts>): Follower;
}
