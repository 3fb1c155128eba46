import type { NodeTarget } from '../node/node-target.ts';
import type { HostLayout } from './preview.ts';

/**
 * The result of one probe of a host, in plain JSON: `src/ssh` maps the probe's output to it, and every decision takes it as an argument.
 * A field that could not be read is `undefined` (or empty where documented), never a guess.
 */
export interface HostFacts {
  /** `/etc/machine-id`; empty when there is none. */
  readonly machineID: string;
  /** DMI product UUID, as the kubelet reads it (cadvisor `GetSystemUUID`); empty when there is none. */
  readonly systemUUID: string;
  /** `/proc/sys/kernel/random/boot_id`: a different value means that the host was restarted. */
  readonly bootID: string;
  readonly hostName: string;
  /** IPv4 and IPv6 addresses of all its interfaces, without prefix lengths. */
  readonly addresses: readonly string[];
  /** From the kubelet's client certificate and its kubeconfig; absent when either is missing. */
  readonly kubeletIdentity?: KubeletIdentity;
  /** Written by the first stage that ran on the host; absent when there is none. */
  readonly marker?: HostMarker;
  /** Signs of a control-plane or etcd host, as sentences, e.g. `/etc/kubernetes/manifests/etcd.yaml is there`. */
  readonly controlPlaneSigns: readonly string[];
  /** The probe had root privileges. */
  readonly isRoot: boolean;
  readonly hasSystemd: boolean;
  /** The requested units and those of the runtime, including not-found ones; empty when systemd does not respond. */
  readonly units: readonly HostUnit[];
  /** The runtime that the kubelet uses, or used before it was stopped; absent when it is unknown. */
  readonly runtime?: HostRuntime;
  /**
   * Pod sandboxes of that runtime; of a stopped one, those in its records. `undefined` when a running one did not respond, and when it is
   * unknown.
   */
  readonly sandboxCount: number | undefined;
  /** Kubernetes containers in any state, without sandboxes; `undefined` as above. */
  readonly containerCount: number | undefined;
  /** containerd-shim processes of this node's pods in that runtime. */
  readonly shimPids: readonly number[];
  /** cgroups of this node's pods that still contain a process. */
  readonly busyPodCgroups: readonly string[];
  /** Mounts below the kubelet directory only. */
  readonly mounts: readonly HostMount[];
  /** Every volume that is mounted below the kubelet's directory. */
  readonly volumeMounts: readonly VolumeMount[];
  /** A process listens on TCP port 10250; `undefined` when the kernel's table could not be read. */
  readonly kubeletPortIsOpen: boolean | undefined;
  /** Units that run kube-proxy for this cluster, or would start it again. */
  readonly runningProxies: readonly string[];
  /** What the kubelet and its runtime use, and what the stages would touch. Without facts when no kubelet was ever seen running. */
  readonly layout: HostLayout;
  /** What the stages need to know and the host did not show. */
  readonly unknowns: readonly HostUnknown[];
  /** What could not be checked: neither clean nor not clean. */
  readonly unseen: readonly UnseenPart[];
  /** Paths of existing Kubernetes credentials: the node's own, and users' kubeconfigs with an entry for this cluster. */
  readonly credentialPaths: readonly string[];
}

/** What identifies a host, and what one must know before each use of it. Cheap to read. */
export type HostIdentityFacts = Pick<
  HostFacts,
  | 'machineID'
  | 'systemUUID'
  | 'bootID'
  | 'hostName'
  | 'addresses'
  | 'kubeletIdentity'
  | 'marker'
  | 'controlPlaneSigns'
  | 'isRoot'
  | 'volumeMounts'
>;

export interface HostUnknown {
  /** Completes "It is unknown …", e.g. `which container runtime the kubelet uses`. */
  readonly what: string;
  /** A command that shows it on the host. */
  readonly command: string;
}

export interface UnseenPart {
  /** E.g. `/home/alice`. */
  readonly name: string;
  /** E.g. `it is on a file server (nfs4)`. */
  readonly why: string;
}

export interface KubeletIdentity {
  /** Subject CN of the client certificate: `system:node:<name>`. */
  readonly commonName: string;
  /** As `ClusterIdentity.caHashes`. */
  readonly caHashes: readonly string[];
}

/** Written to the host by the first stage, for the stages after the credentials are removed. */
export interface HostMarker extends NodeTarget {
  readonly operationId: string;
  /** As `ClusterIdentity.caHashes`. */
  readonly caHashes: readonly string[];
}

export interface HostUnit {
  readonly name: string;
  /** As systemd reports it: `loaded`, `masked`, `not-found`, … */
  readonly loadState: string;
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly activeState: string;
  /** `enabled`, `disabled`, `masked`, `static`, …; empty for a unit that does not exist. */
  readonly unitFileState: string;
}

export interface HostRuntime {
  readonly kind: 'containerd' | 'docker' | 'crio';
  /** The tool that manages it: `crictl`, `ctr`, `docker`; absent when there is none. */
  readonly tool?: string;
  readonly answers: boolean;
  /** Path of the socket on which the kubelet asks it. */
  readonly endpoint: string;
  /** What it consists of, in the order in which it is stopped: sockets before their services. */
  readonly units: readonly HostRuntimeUnit[];
  /** What else uses it, as phrases, e.g. `namespace buildkit (images: 3)`; `undefined` when it did not report that. */
  readonly usedBy: readonly string[] | undefined;
  /** It is part of the Kubernetes agent (k3s, rke2, k0s) and stops with the kubelet. */
  readonly belongsToAgent?: true;
}

export interface HostRuntimeUnit {
  readonly name: string;
  /** Others than the kubelet may use it. False for cri-dockerd. */
  readonly isShared: boolean;
}

export interface HostMount {
  readonly path: string;
  readonly fileSystem: string;
  /** UID of its pod, when it is below the kubelet's `pods` directory. */
  readonly podUid?: string;
}

export interface VolumeMount {
  readonly path: string;
  /** Major and minor number of the mounted file system's device, e.g. `8:17`. */
  readonly device: string;
  /** The directory of that file system that is mounted, e.g. `/`. */
  readonly root: string;
  /** UID of the pod that it is mounted for; absent when the kubelet mounted it for all pods that use the volume. */
  readonly podUid?: string;
}
