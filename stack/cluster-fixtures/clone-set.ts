import { customDefinition } from './custom-definition.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { podTemplate } from './pod-template.ts';
import { controlledBy, pod } from './pods.ts';
import type { WorkloadFixture } from './workloads.ts';

/** OpenKruise's kind, reduced to what a drain reads: a replica count, a selector and the scale subresource. */
export const cloneSetDefinition = (): KubernetesObject =>
  customDefinition({
    group: 'apps.kruise.io',
    version: 'v1alpha1',
    kind: 'CloneSet',
    plural: 'clonesets',
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.labelSelector',
    },
  });

export const cloneSet = (fixture: WorkloadFixture): KubernetesObject => {
  const { namespace, name, replicas, labels } = fixture;
  return {
    apiVersion: 'apps.kruise.io/v1alpha1',
    kind: 'CloneSet',
    metadata: { namespace, name, labels: { app: name, ...labels } },
    spec: {
      replicas: replicas ?? 1,
      selector: { matchLabels: { app: name } },
      template: podTemplate({ ...fixture.pod, labels: { app: name, ...fixture.pod?.labels } }),
      ...fixture.spec,
    },
  };
};

/**
 * The status that the controller would write; patch it onto `…/clonesets/<name>/status`.
 * The scale subresource takes its selector from here.
 */
export const cloneSetStatus = (fixture: WorkloadFixture): { readonly status: Readonly<Record<string, unknown>> } => {
  const replicas = fixture.replicas ?? 1;
  return { status: { replicas, readyReplicas: replicas, labelSelector: `app=${fixture.name}` } };
};

/**
 * The pods that its controller would create. That controller does not run here, so they are not replaced.
 * @param owner the CloneSet as read from the API
 */
export const cloneSetPods = (fixture: WorkloadFixture, owner: KubernetesObject): KubernetesObject[] =>
  Array.from({ length: fixture.replicas ?? 1 }, (_, index) =>
    pod({
      ...fixture.pod,
      namespace: fixture.namespace,
      name: `${fixture.name}-${index}`,
      labels: { app: fixture.name, ...fixture.pod?.labels },
      ownerReferences: [controlledBy(owner)],
    }),
  );
