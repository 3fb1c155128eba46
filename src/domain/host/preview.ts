/** What an item of a preview is. `BINDING_KINDS` are the ones that the stages check one by one. */
export type PreviewKind =
  | 'unit'
  | 'runtime'
  | 'directory'
  | 'file'
  | 'kubeconfig'
  | 'mount'
  | 'container'
  | 'process'
  | 'address'
  | 'cniConfiguration'
  | 'cniState'
  | 'firewall'
  | 'link'
  | 'image'
  | 'log'
  | 'blockDevice'
  | 'machineState'
  | 'networkNamespace'
  | 'ipvs'
  | 'bpf'
  /** Could not be read: something of the cluster may be there. */
  | 'unseen';

/** One thing on a host that is touched or that stays. */
export interface PreviewItem {
  readonly kind: PreviewKind;
  /** E.g. `kubelet.service`, `/var/lib/kubelet`; control characters are replaced with `?`. */
  readonly name: string;
  /** What is done to it, or why it stays; without a full stop. */
  readonly detail: string;
}

/** What the stages on a host will touch, and what stays of what they found. */
export interface CleanupPreview {
  readonly touched: readonly PreviewItem[];
  readonly kept: readonly PreviewItem[];
}

/** A value that preflight learned on the host, under the name that the scripts give it, e.g. `KUBELET_ROOT`; a list has several. */
export interface HostFact {
  readonly name: string;
  readonly value: string;
}

/** How a host is laid out. Recorded with the plan, and the limit of every later stage. */
export interface HostLayout {
  readonly facts: readonly HostFact[];
  readonly preview: CleanupPreview;
}

const BINDING_KINDS: readonly PreviewKind[] = ['unit', 'runtime', 'directory', 'file', 'kubeconfig'];

/** More would not fit into one command; no real host comes near. */
export const MAX_LISTED = 500;

/** The items that a stage may touch one by one; it touches mounts, containers and processes below and of them. */
export const toBindingList = ({ touched }: CleanupPreview): readonly PreviewItem[] =>
  touched.filter(({ kind }) => BINDING_KINDS.includes(kind));
