import type { KubernetesObject } from './kubernetes-object.ts';

export interface CustomDefinitionFixture {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** Default: `Namespaced`. */
  readonly scope?: 'Namespaced' | 'Cluster';
  /** Paths of the scale subresource; absent: it has none. */
  readonly scale?: Readonly<Record<'specReplicasPath' | 'statusReplicasPath', string>> & {
    readonly labelSelectorPath?: string;
  };
}

/** A kind that may contain anything, with the status subresource. */
export const customDefinition = ({
  group,
  version,
  kind,
  plural,
  scope = 'Namespaced',
  scale,
}: CustomDefinitionFixture): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope,
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: { status: {}, ...(scale === undefined ? {} : { scale }) },
      },
    ],
  },
});
