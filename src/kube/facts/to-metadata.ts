import type { V1ObjectMeta, V1OwnerReference } from '@kubernetes/client-node';
import type { OwnerReference } from '../../domain/cluster/facts.ts';
import type { Wire } from '../transport/wire.ts';

/** The parts of `metadata` that every stored object has; absent text becomes empty. */
export interface ObjectIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

export const toIdentity = (metadata: Wire<V1ObjectMeta> | undefined): ObjectIdentity => ({
  namespace: metadata?.namespace ?? '',
  name: metadata?.name ?? '',
  uid: metadata?.uid ?? '',
  resourceVersion: metadata?.resourceVersion ?? '',
});

export const toOwnerReferences = (metadata: Wire<V1ObjectMeta> | undefined): readonly OwnerReference[] =>
  (metadata?.ownerReferences ?? []).map(toOwnerReference);

/** The owner that manages the object: at most one has `controller: true`. */
export const toController = (metadata: Wire<V1ObjectMeta> | undefined): OwnerReference | undefined =>
  toOwnerReferences(metadata).find((owner) => owner.controller);

const toOwnerReference = (owner: Wire<V1OwnerReference>): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.name,
  uid: owner.uid,
  controller: owner.controller ?? false,
});
