import type { CertificateAndKey } from '../../control-plane/certificate-authority.ts';

/** What a layout may write into a host's files. */
export interface JoinedHost {
  readonly name: string;
  readonly address: string;
  readonly serverUrl: string;
  /** PEM. */
  readonly clusterAuthority: string;
  /** Of `system:node:<name>`, in the group `system:nodes`. */
  readonly kubelet: CertificateAndKey;
}

/** How a host differs from what kubeadm leaves; every path is absolute. */
export interface HostLayout {
  /** Content of files; one that starts with `#!` is executable, any other is readable by root only. */
  readonly files?: Readonly<Record<string, string>>;
  /** Targets of symbolic links. */
  readonly links?: Readonly<Record<string, string>>;
  /** Files and folders of the image that this host does not have. */
  readonly without?: readonly string[];
  /** Units that start at boot. */
  readonly enabledUnits?: readonly string[];
  /** Added to the flags that kubeadm gives to the kubelet. */
  readonly kubeletFlags?: readonly string[];
  /** The kubelet was not installed by kubeadm: no file of kubeadm is written. */
  readonly isOwnInstallation?: true;
}

export type ToLayout = (host: JoinedHost) => HostLayout;
