import type { KubernetesObject, OwnerReferenceFixture } from './kubernetes-object.ts';
import { podTemplate } from './pod-template.ts';
import type { PodShape } from './pod-template.ts';

export interface PodFixture extends PodShape {
  readonly namespace: string;
  readonly name: string;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReferenceFixture[];
}

/** An unmanaged pod, which is not replaced, unless owner references are given. */
export const pod = (fixture: PodFixture): KubernetesObject => {
  const { namespace, name, finalizers, ownerReferences, ...shape } = fixture;
  const { metadata, spec } = podTemplate(shape);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name,
      ...metadata,
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
    spec,
  };
};

/**
 * The mirror pod that a kubelet creates for a static pod: bound to its node, owned by the Node object.
 * @param owner the Node as read from the API
 */
export const mirrorPod = (
  fixture: Omit<PodFixture, 'nodeName' | 'ownerReferences'>,
  owner: KubernetesObject,
): KubernetesObject => {
  const nodeName = owner.metadata.name;
  return pod({
    ...fixture,
    nodeName,
    annotations: {
      ...fixture.annotations,
      'kubernetes.io/config.mirror': 'simulated',
      'kubernetes.io/config.source': 'file',
    },
    tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
    ownerReferences: [controlledBy(owner)],
  });
};

/** A pod that has succeeded or failed and still exists. */
export const finishedPod = (fixture: PodFixture, phase: 'Succeeded' | 'Failed' = 'Succeeded'): KubernetesObject =>
  pod({ restartPolicy: 'Never', ...fixture, behavior: { ...fixture.behavior, finish: phase } });

/** The owner reference of an object that `owner` controls. @param owner as read from the API, with its UID */
export const controlledBy = (owner: KubernetesObject): OwnerReferenceFixture => {
  const { apiVersion, kind, metadata } = owner;
  if (metadata.uid === undefined) throw new Error(`${kind} ${metadata.name} has no UID: read it from the API first.`);
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true };
};
