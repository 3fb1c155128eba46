import type { KubernetesObject } from '../cluster-fixtures/kubernetes-object.ts';

/** What a real node is to be like; everything but its name has a default. */
export interface RealNodeFixture {
  readonly name: string;
  /** Any label; they are put on the Node object when it is there. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The kubelet registers with them, e.g. to keep pods of simulated nodes away. */
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  /** Docker runs too, with the images of `/opt/images` loaded; it is in the image of every host, disabled. Default false. */
  readonly docker?: boolean;
  /** Manifests of static pods. Their namespace must exist when the kubelet starts. */
  readonly staticPods?: readonly KubernetesObject[];
  /** Text of further files by absolute path, readable by root only; there before the first boot. */
  readonly files?: Readonly<Record<string, string>>;
}
