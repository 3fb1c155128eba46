import type { KubernetesObject } from './kubernetes-object.ts';

export interface CustomDefinitionFixture {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** Paths of the scale subresource; absent: it has none. */
  readonly scale?: Readonly<Record<'specReplicasPath' | 'statusReplicasPath', string>> & {
    readonly labelSelectorPath?: string;
  };
}

/** A namespaced kind that may contain anything, with the status subresource. */
export const customDefinition = ({
  group,
  version,
  kind,
  plural,
  scale,
}: CustomDefinitionFixture): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
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
