import type { KubernetesObject } from '../cluster-fixtures/kubernetes-object.ts';
import type { ToLayout } from './layouts/host-layout.ts';

/** Properties of a real node; all but its name have a default. */
export interface RealNodeFixture {
  readonly name: string;
  /** Any labels; set on the Node object once it exists. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The kubelet registers the Node with them, e.g. to repel pods meant for simulated nodes. */
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  /** Also starts docker, with the images of `/opt/images` loaded; it is in the image of every host, disabled. Default false. */
  readonly docker?: boolean;
  /** Manifests of static pods. Their namespace must exist when the kubelet starts. */
  readonly staticPods?: readonly KubernetesObject[];
  /** How it differs from what kubeadm leaves, e.g. `kubeletRoot('/mnt/data')`; see `layouts/`. */
  readonly layouts?: readonly ToLayout[];
  /** Content of further files by absolute path, readable by root only; written before the first boot. */
  readonly files?: Readonly<Record<string, string>>;
}
