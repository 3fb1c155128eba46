import type { PodFacts } from '../cluster/facts.ts';
import { toList, toObject } from './template-fields.ts';
import type { SchedulerFacts, SchedulerObject } from './scheduler-facts.ts';

type Objects = SchedulerFacts['objects'];

/**
 * The objects as they are once these pods have gone. A claim that is deleted with its pod is created again without a volume, and devices
 * that only these pods reserve are free again: otherwise both would hold the recreated pods on the nodes that they leave.
 */
export const releaseClaims = (objects: Objects, pods: readonly PodFacts[]): Objects => {
  const claimNames = new Set(pods.flatMap((pod) => pod.ephemeralClaims.map((name) => `${pod.namespace}/${name}`)));
  const uids = new Set(pods.map(({ uid }) => uid));
  return {
    ...objects,
    ...mapKind(objects, 'PersistentVolumeClaim', (claim) => (claimNames.has(toKey(claim)) ? toUnbound(claim) : claim)),
    ...mapKind(objects, 'ResourceClaim', (claim) => (isReservedOnlyFor(claim, uids) ? toUnallocated(claim) : claim)),
  };
};

/**
 * A claim of the pod whose new volume is created before the pod is scheduled, anywhere: its class does not wait for the first consumer.
 * Undefined when there is none.
 */
export const findClaimBoundAnywhere = (objects: Objects, pod: PodFacts): string | undefined => {
  const claims = objects['PersistentVolumeClaim'] ?? [];
  return pod.ephemeralClaims.find((name) => {
    const claim = claims.find((each) => toKey(each) === `${pod.namespace}/${name}`);
    const className = toObject(claim?.['spec'])['storageClassName'];
    const found = (objects['StorageClass'] ?? []).find((each) => toObject(each['metadata'])['name'] === className);
    return found?.['volumeBindingMode'] !== 'WaitForFirstConsumer';
  });
};

const mapKind = (objects: Objects, kind: string, change: (object: SchedulerObject) => SchedulerObject): Objects => {
  const found = objects[kind];
  return found === undefined ? {} : { [kind]: found.map(change) };
};

const toKey = ({ metadata }: SchedulerObject): string => {
  const { namespace, name } = toObject(metadata);
  return `${String(namespace)}/${String(name)}`;
};

/** Written when a volume was chosen and bound (component-helpers `storage/volume`). */
const BINDING_ANNOTATIONS: readonly string[] = [
  'pv.kubernetes.io/bind-completed',
  'pv.kubernetes.io/bound-by-controller',
  'volume.kubernetes.io/selected-node',
];

const toUnbound = (claim: SchedulerObject): SchedulerObject => {
  const { volumeName: _volume, ...spec } = toObject(claim['spec']);
  const metadata = toObject(claim['metadata']);
  const annotations = Object.entries(toObject(metadata['annotations'])).filter(
    ([key]) => !BINDING_ANNOTATIONS.includes(key),
  );
  return {
    ...claim,
    metadata: { ...metadata, annotations: Object.fromEntries(annotations) },
    spec,
    status: { phase: 'Pending' },
  };
};

const isReservedOnlyFor = (claim: SchedulerObject, uids: ReadonlySet<string>): boolean => {
  const users = toList(toObject(claim['status'])['reservedFor']).map((user) => toObject(user)['uid']);
  return users.length > 0 && users.every((uid) => typeof uid === 'string' && uids.has(uid));
};

const toUnallocated = ({ status: _status, ...claim }: SchedulerObject): SchedulerObject => claim;
