/**
 * A Kubernetes object as the API server sends it, reduced to the fields that kube-scheduler's plugins read. The domain passes it on and
 * does not interpret it.
 */
export type SchedulerObject = Readonly<Record<string, unknown>>;

/** A pod: what it shares with others is in its template. */
export interface SchedulerPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Index into `SchedulerFacts.templates`. */
  readonly template: number;
  /** Empty while it has no node. */
  readonly nodeName: string;
  /** Has a deletionTimestamp: topology spread does not count it any more. */
  readonly isTerminating: boolean;
}

/** What kube-scheduler knows about a cluster, read at about the same time. */
export interface SchedulerFacts {
  /** Every `Node`. */
  readonly nodes: readonly SchedulerObject[];
  /** `Pod` objects without name, UID, node and status, each once: the pods of a workload share one. */
  readonly templates: readonly SchedulerObject[];
  /** Every pod that has not finished. */
  readonly pods: readonly SchedulerPod[];
  /**
   * Everything else that its plugins read, by kind: Namespace, PersistentVolume, PersistentVolumeClaim, StorageClass, CSINode, CSIDriver,
   * CSIStorageCapacity, VolumeAttachment, ResourceClaim, ResourceClaimTemplate, ResourceSlice, DeviceClass. A kind that is absent could
   * not be read, or is not served; the plugins then see none.
   */
  readonly objects: Readonly<Record<string, readonly SchedulerObject[]>>;
}
