import type {
  AccessRight,
  ClusterAddress,
  ClusterIdentity,
  DisruptionBudgetFacts,
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
import type { ClusterFailure } from './cluster-failure.ts';

/** One object at one state; a write with it fails with `Conflict` when the object has moved on. */
export interface ObjectVersion {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** `null` removes the key. */
export type AnnotationChange = Readonly<Record<string, string | null>>;

export interface NodeChange {
  readonly unschedulable?: boolean;
  readonly annotations?: AnnotationChange;
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

/** What the API server said to an eviction; read from the status and cause once, here and nowhere else. */
export type EvictionAnswer =
  | { readonly kind: 'accepted' }
  /** 404: nothing of that name. */
  | { readonly kind: 'gone' }
  /** 409: the UID precondition failed; another pod has the name now. */
  | { readonly kind: 'otherUid' }
  | { readonly kind: 'blockedByBudget'; readonly message: string; readonly retryAfterSeconds?: number }
  | { readonly kind: 'multipleBudgets'; readonly message: string }
  /** API Priority and Fairness, or a webhook that answers 429. */
  | { readonly kind: 'throttled'; readonly message: string; readonly retryAfterSeconds?: number }
  | { readonly kind: 'namespaceTerminating'; readonly message: string }
  /** An admission webhook said no, with whatever status it chose: may change its mind. */
  | { readonly kind: 'denied'; readonly message: string }
  /** 401: an API server that starts, or a token that is being renewed; nothing was carried out. */
  | { readonly kind: 'unauthorized'; readonly message: string }
  /** RBAC says no: will not change by waiting. */
  | { readonly kind: 'forbidden'; readonly message: string }
  | { readonly kind: 'invalid'; readonly message: string }
  /** 5xx, or a conflict inside the server: worth another try. */
  | { readonly kind: 'serverError'; readonly message: string; readonly retryAfterSeconds?: number }
  /** No answer: it may have been carried out. */
  | { readonly kind: 'unknown'; readonly message: string };

export type DeletionAnswer = 'accepted' | 'gone' | 'otherUid';

/** Gets the whole picture after every LIST, then each change. */
export interface FollowListener<Item> {
  /** Everything there is, uncached; replaces all that was told before. Also called after every re-list. */
  onSync(items: readonly Item[]): void;
  onChange(item: Item): void;
  onRemove(item: Item): void;
  /** The connection is in trouble; the follower goes on trying and will sync again. */
  onTrouble(failure: ClusterFailure): void;
}

export interface Follower {
  /** Ends the watch; no listener call comes after it. */
  stop(): void;
}

/**
 * One Kubernetes cluster in the domain's words. Every call has a deadline, honours the ambient cancellation signal where there is one,
 * and throws nothing but `ClusterFailure`. Reads are uncached. "Not found" is `undefined`, not an error.
 */
export interface Cluster {
  /** Name in the worker's configuration. */
  readonly name: string;
  /** We run as a pod of it, with the credentials that Kubernetes gives to pods. */
  readonly inCluster: boolean;
  readIdentity(): Promise<ClusterIdentity>;
  /** Never throws: without a response of the API server only its version is absent. */
  readAddress(): Promise<ClusterAddress>;

  readNode(nodeName: string): Promise<NodeFacts | undefined>;
  readNodes(): Promise<readonly NodeFacts[]>;
  /** Merge patch under the resourceVersion and UID of `target`. Throws `Conflict` when either differs, `NotFound` when it is gone. */
  patchNode(target: ObjectVersion, change: NodeChange): Promise<NodeFacts>;
  /** Under the UID precondition. With `dryRun` the server runs everything, webhooks included, and changes nothing. */
  deleteNode(
    target: { readonly name: string; readonly uid: string },
    options: { readonly dryRun: boolean },
  ): Promise<DeletionAnswer>;

  readPods(scope: { readonly nodeName?: string; readonly namespace?: string }): Promise<readonly PodFacts[]>;
  readPod(namespace: string, name: string): Promise<PodFacts | undefined>;
  /** `gracePeriodSeconds` absent: the pod's own. Never throws for an answer of the server. */
  evictPod(pod: PodRef, gracePeriodSeconds?: number): Promise<EvictionAnswer>;

  /** The workload that an owner reference names; `undefined` when it is gone or has another UID. */
  readWorkload(namespace: string, owner: OwnerReference): Promise<WorkloadFacts | undefined>;

  /** All namespaces when none is named. */
  readBudgets(namespace?: string): Promise<readonly DisruptionBudgetFacts[]>;
  readBudget(namespace: string, name: string): Promise<DisruptionBudgetFacts | undefined>;
  /** Throws `AlreadyExists` when the name is taken. */
  createBudget(budget: NewDisruptionBudget): Promise<DisruptionBudgetFacts>;
  annotateBudget(
    target: ObjectVersion & { readonly namespace: string },
    change: AnnotationChange,
  ): Promise<DisruptionBudgetFacts>;
  /** Under UID and resourceVersion preconditions. */
  deleteBudget(target: ObjectVersion & { readonly namespace: string }): Promise<DeletionAnswer>;

  readVolumeClaims(namespace: string): Promise<readonly VolumeClaimFacts[]>;
  readVolumes(): Promise<readonly VolumeFacts[]>;
  readVolumeAttachments(): Promise<readonly VolumeAttachmentFacts[]>;

  /** Those of `rights` that the present identity does not have. */
  readMissingRights(rights: readonly AccessRight[]): Promise<readonly AccessRight[]>;

  followPodsOnNode(nodeName: string, listener: FollowListener<PodFacts>): Follower;
  followBudgets(listener: FollowListener<DisruptionBudgetFacts>): Follower;
  followNode(nodeName: string, listener: FollowListener<NodeFacts>): Follower;
}
