import type { NodeTarget } from '../node/node-target.ts';

/**
 * What one look at a host shows, in plain JSON: `src/ssh` makes it from the probe's answer, everything that decides takes it as an
 * argument. A field that could not be read is `undefined` (or empty where that is said), never a guess.
 */
export interface HostFacts {
  /** `/etc/machine-id`; empty when there is none. */
  readonly machineID: string;
  /** DMI product UUID, as the kubelet reads it (cadvisor `GetSystemUUID`); empty when there is none. */
  readonly systemUUID: string;
  /** `/proc/sys/kernel/random/boot_id`: another one means that the host was started again. */
  readonly bootID: string;
  readonly hostName: string;
  /** IPv4 and IPv6 addresses of all its interfaces, without prefix lengths. */
  readonly addresses: readonly string[];
  /** From the kubelet's client certificate and its kubeconfig; absent when either is not there. */
  readonly kubeletIdentity?: KubeletIdentity;
  /** What an earlier stage of ours left; absent when none was there. */
  readonly marker?: HostMarker;
  /** Signs of a control-plane or etcd host, as sentences, e.g. `/etc/kubernetes/manifests/etcd.yaml is there`. */
  readonly controlPlaneSigns: readonly string[];
  /** The look had root's rights. */
  readonly isRoot: boolean;
  readonly hasSystemd: boolean;
  /** Those that the probe was asked about and those of `RUNTIME_UNITS`, not-found ones included; empty when systemd does not answer. */
  readonly units: readonly HostUnit[];
  readonly runtimes: readonly HostRuntime[];
  /**
   * Pod sandboxes that the runtimes have; of one that is off, those that it keeps on record. `undefined` when one that runs did not
   * answer.
   */
  readonly sandboxCount: number | undefined;
  /** Containers of Kubernetes without their sandboxes, in any state; `undefined` as above. */
  readonly containerCount: number | undefined;
  /** containerd-shim processes of Kubernetes' containers. */
  readonly shimPids: readonly number[];
  /** cgroups below `kubepods` that still hold a process. */
  readonly busyPodCgroups: readonly string[];
  /** Mounts below the kubelet's directory, and nowhere else. */
  readonly mounts: readonly HostMount[];
  /** TCP port 10250 is being listened on; `undefined` when the kernel's table could not be read. */
  readonly kubeletPortIsOpen: boolean | undefined;
  /** Paths of Kubernetes credentials that are there: the node's own, and people's kubeconfigs with an entry of this cluster. */
  readonly credentialPaths: readonly string[];
}

export interface KubeletIdentity {
  /** Subject CN of the client certificate: `system:node:<name>`. */
  readonly commonName: string;
  /** As `ClusterIdentity.caHash`; empty when the kubeconfig names no CA. */
  readonly caHash: string;
}

/** Left on the host by our first stage, for the stages after the credentials are gone. */
export interface HostMarker extends NodeTarget {
  readonly operationId: string;
  readonly caHash: string;
}

export interface HostUnit {
  readonly name: string;
  /** systemd's words: `loaded`, `masked`, `not-found`, … */
  readonly loadState: string;
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly activeState: string;
  /** `enabled`, `disabled`, `masked`, `static`, …; empty for a unit that is not there. */
  readonly unitFileState: string;
}

export interface HostRuntime {
  readonly kind: 'containerd' | 'docker' | 'crio';
  /** The tool that reaches it: `crictl`, `ctr`, `docker`; absent when there is none. */
  readonly tool?: string;
  readonly answers: boolean;
  /** Containers on it that are not Kubernetes', in any state; `undefined` when it did not say. */
  readonly foreignContainerCount: number | undefined;
  /** The Kubernetes agent runs it as a part of itself (k3s, rke2): it ends with the kubelet. */
  readonly belongsToAgent?: true;
}

export interface HostMount {
  readonly path: string;
  readonly fileSystem: string;
  /** UID of the pod it belongs to, when it lies below the kubelet's `pods` directory. */
  readonly podUid?: string;
}
