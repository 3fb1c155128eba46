/**
 * Facts about a cluster, in the vocabulary of the Kubernetes API: narrow, read-only, plain JSON.
 * `src/kube` maps API objects to these; every decision takes them as arguments.
 */

import type { SchedulerObject } from '../scheduling/scheduler-facts.ts';

/** Amounts by resource name. `cpu` is in millicores, every other resource in its base unit (bytes, pieces). */
export type ResourceAmounts = Readonly<Record<string, number>>;

/** What identifies a cluster, whatever its address. */
export interface ClusterIdentity {
  /** UID of the `kube-system` namespace. */
  readonly kubeSystemUid: string;
  /** SHA-256 (hex) of each of the cluster's CA certificates, sorted; empty when the kubeconfig has none. */
  readonly caHashes: readonly string[];
}

/** How a cluster is reached and which version answers there. Shown and recorded, never used for a decision. Holds no credentials. */
export interface ClusterAddress {
  /** Context of the kubeconfig; absent with the credentials of a pod. */
  readonly context?: string;
  /** URL of the API server, without user information, query and fragment; empty when the kubeconfig has none that can be read. */
  readonly server: string;
  /** E.g. `v1.37.0`; absent when the API server did not report it. */
  readonly version?: string;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean;
}

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** An empty selector (`{matchLabels: {}, matchExpressions: []}`) matches everything; an absent one matches nothing. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly LabelSelectorRequirement[];
}

export interface NodeSelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** Requirements are ANDed; a term without any matches nothing (k/k `nodeaffinity` package). */
export interface NodeSelectorTerm {
  readonly matchExpressions: readonly NodeSelectorRequirement[];
  /** Only `metadata.name` is a valid key. */
  readonly matchFields: readonly NodeSelectorRequirement[];
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /** RFC 3339; kept, because taints are written as one list. */
  readonly timeAdded?: string;
}

export interface Toleration {
  /** Empty with operator Exists: every taint. */
  readonly key: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value: string;
  /** Empty: every effect. */
  readonly effect: '' | 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface NodeFacts {
  readonly name: string;
  readonly uid: string;
  /** `spec.providerID`: the machine, in the words of its provider; absent: the Node does not name it. */
  readonly providerID?: string;
  readonly resourceVersion: string;
  readonly unschedulable: boolean;
  readonly ready: boolean;
  /** RFC 3339; absent while it is Ready, and when the Node does not record it. */
  readonly notReadySince?: string;
  /** Its kubelet has stopped reporting: the node controller has set the condition Ready to Unknown. Absent: it has not. */
  readonly isSilent?: boolean;
  readonly deleting: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly finalizers: readonly string[];
  readonly ownerReferences: readonly OwnerReference[];
  readonly allocatable: ResourceAmounts;
  /** From `status.nodeInfo`; any may be empty on simulated nodes. */
  readonly machineID: string;
  readonly systemUUID: string;
  readonly bootID: string;
  /** `status.addresses` as `type=address`, e.g. `InternalIP=10.0.0.7`. */
  readonly addresses: readonly string[];
}

/** Which pod: its name, and the UID that a replacement of the same name does not have. */
export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** One required term of a pod's affinity to other pods. */
export interface PodAffinityTerm {
  /** Label of nodes: the pods have to run on nodes with the same value. */
  readonly topologyKey: string;
  /** Absent: no pod. */
  readonly selector?: LabelSelector;
  /** Absent: namespaces are selected by their labels. */
  readonly namespaces?: readonly string[];
}

export interface PodFacts extends PodRef {
  readonly resourceVersion: string;
  /** Empty while unscheduled. */
  readonly nodeName: string;
  /** Its IP addresses; those of its node with `hostNetwork`. */
  readonly ips: readonly string[];
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  /** Condition Ready is True. */
  readonly ready: boolean;
  /** From its creation until it became Ready, at least 1; absent while it is not Ready, and if a container has restarted since. */
  readonly secondsToReady?: number;
  /** RFC 3339; set once a deletion was accepted: the time of the request plus the grace period. */
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly finalizers: readonly string[];
  /** The owner reference with `controller: true`. */
  readonly controller?: OwnerReference;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Has annotation `kubernetes.io/config.mirror`: the API object of a static pod. */
  readonly mirror: boolean;
  readonly tolerations: readonly Toleration[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Required node affinity: terms are ORed; absent when the pod has none. */
  readonly requiredNodeAffinity?: readonly NodeSelectorTerm[];
  /** For messages: kube-scheduler itself evaluates them. Required terms are ANDed. */
  readonly requiredPodAffinity: readonly PodAffinityTerm[];
  /** Labels of nodes over which it has to be spread (DoNotSchedule). */
  readonly requiredSpreadKeys: readonly string[];
  /** As the scheduler counts them: max(containers + sidecars, init peak) + overhead, or the pod-level requests. */
  readonly requests: ResourceAmounts;
  readonly hostNetwork: boolean;
  /** Names of its emptyDir volumes. */
  readonly emptyDirVolumes: readonly string[];
  /** Names of the PersistentVolumeClaims it uses, generic ephemeral ones included. */
  readonly persistentVolumeClaims: readonly string[];
  /** Those of them that are deleted with the pod: of its generic ephemeral volumes. */
  readonly ephemeralClaims: readonly string[];
  /** Disks that it names itself, e.g. `awsElasticBlockStore`. */
  readonly inlineDisks: readonly InlineDisk[];
  readonly schedulerName: string;
  readonly schedulingGated: boolean;
  /** Why the scheduler found no node for it, in its own words; absent when it found one or has not tried. */
  readonly unschedulableMessage?: string;
  readonly priority: number;
  readonly priorityClassName: string;
  readonly terminationGracePeriodSeconds: number;
  /** Of the first waiting container, e.g. `CrashLoopBackOff`; empty when none is waiting. */
  readonly waitingReason: string;
  /** Names of its containers with a preStop hook; absent: none. */
  readonly preStopContainers?: readonly string[];
  /** The kubelet reported the end of each of its containers; absent: not yet. */
  readonly containersEnded?: true;
}

/** A controller that owns pods and has a replica count of its own. */
export interface WorkloadFacts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `spec.replicas`, or that of the scale subresource; nil counts as 1. Absent for kinds that have no such number. */
  readonly replicas?: number;
  /** Its Ready pods, by its status; absent for kinds whose status does not have this number. */
  readonly readyReplicas?: number;
  /** Absent when neither the object nor its scale subresource has one. */
  readonly selector?: LabelSelector;
  readonly controller?: OwnerReference;
  /** `nodeName` of its pod template: its pods go to that node past the scheduler. */
  readonly templateNodeName?: string;
  /** Its current pod template, reduced as `SchedulerFacts.templates` are; absent for kinds without one, and while its rollout is paused. */
  readonly podTemplate?: SchedulerObject;
  /** Of a StatefulSet: the name of the revision that it creates pods from, which its pods have as a label. */
  readonly updateRevision?: string;
  /** Of a StatefulSet: its pods with a lower ordinal keep their earlier revision. */
  readonly firstUpdatedOrdinal?: number;
  /** Of a Deployment: which task started its second replica, as `SURGE_LABEL`; absent: none. */
  readonly surgeLabel?: string;
  /** The worker is not allowed to read it: it is only assumed to exist. */
  readonly unreadable?: true;
}

/** What a second replica of a Deployment depends on. */
export interface DeploymentFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly controller?: OwnerReference;
  readonly selector?: LabelSelector;
  /** `spec.replicas`; nil counts as 1. */
  readonly replicas: number;
  readonly strategy: string;
  readonly paused: boolean;
  readonly generation: number;
  /** 0 until the Deployment controller has processed it. */
  readonly observedGeneration: number;
  /** Of the status: all pods, those of the current template, the Ready ones, and those Ready for `minReadySeconds`. */
  readonly podCount: number;
  readonly updatedCount: number;
  readonly readyCount: number;
  readonly availableCount: number;
  /** Why its ReplicaSet cannot create a pod (condition ReplicaFailure), e.g. an exceeded quota; absent when it can. */
  readonly replicaFailure?: string;
}

/** A HorizontalPodAutoscaler. */
export interface AutoscalerFacts {
  readonly namespace: string;
  readonly name: string;
  readonly targetKind: string;
  readonly targetName: string;
}

/** One endpoint of one EndpointSlice that refers to a pod. */
export interface EndpointFacts {
  /** Of its Service and its address type, e.g. `web IPv4`. */
  readonly serviceKey: string;
  readonly podUid: string;
  readonly ready: boolean;
}

export interface DisruptionBudgetFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** 0 until the disruption controller has processed the budget. */
  readonly observedGeneration: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly selector?: LabelSelector;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly unhealthyPodEvictionPolicy: 'IfHealthyBudget' | 'AlwaysAllow';
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly disruptionsAllowed: number;
  /** Names of pods whose eviction was accepted but not yet processed by the disruption controller. */
  readonly disruptedPods: readonly string[];
  /** The disruption controller's message when it cannot count the pods (reason SyncFailed of condition DisruptionAllowed); else absent. */
  readonly syncFailure?: string;
  readonly deleting: boolean;
}

export interface VolumeClaimFacts {
  readonly namespace: string;
  readonly name: string;
  /** Empty while unbound. */
  readonly volumeName: string;
  /** E.g. `ReadWriteOnce`; absent: unknown. */
  readonly accessModes?: readonly string[];
}

export interface VolumeFacts {
  readonly name: string;
  /** `spec.nodeAffinity.required` terms, with the zone and region of its labels; absent when the volume may be used anywhere. */
  readonly nodeAffinity?: readonly NodeSelectorTerm[];
  /** Its data is on a disk of its node (`local`, `hostPath`). */
  readonly isOnNode?: true;
}

/** Exists from the moment a volume is to be attached to a node until its driver has detached it. */
export interface VolumeAttachmentFacts {
  readonly name: string;
  readonly nodeName: string;
  /** The CSI driver that attaches and detaches the volume, e.g. `ebs.csi.aws.com`. */
  readonly attacher: string;
  /** Of the PersistentVolume; absent for a volume that is part of a pod's specification. */
  readonly volumeName?: string;
  /** The driver's name for a volume that is part of a pod's specification. */
  readonly inlineHandle?: string;
  /** Its detachment was requested: the driver has to act. */
  readonly isDetaching: boolean;
  /** The driver's message for the last detachment that failed, as it wrote it. */
  readonly detachError?: string;
}

/** A disk of a storage system that a pod names itself, without a claim, as the CSI driver that serves it knows it. */
export interface InlineDisk {
  readonly driver: string;
  readonly handle: string;
}

/** One verb on one resource, as in a SelfSubjectAccessReview. */
export interface AccessRight {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent: in all namespaces. */
  readonly namespace?: string;
  /** Absent: on every object. */
  readonly name?: string;
}
