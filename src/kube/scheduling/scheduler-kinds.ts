import type { SchedulerObject } from '../../domain/scheduling/scheduler-facts.ts';
import { pick } from './pick.ts';

/** One kind of object that kube-scheduler's plugins read beside nodes and pods. */
export interface SchedulerKind {
  readonly kind: string;
  /** API path segments in front of the resource, the preferred version first; of the same JSON form. */
  readonly roots: readonly (readonly string[])[];
  readonly resource: string;
  /** Fields outside of `metadata` that are read. */
  readonly fields: readonly string[];
}

const CORE = [['api', 'v1']];
const STORAGE = [['apis', 'storage.k8s.io', 'v1']];
/** Kubernetes 1.33 serves v1beta2, which has the form of v1. */
const DEVICES = [
  ['apis', 'resource.k8s.io', 'v1'],
  ['apis', 'resource.k8s.io', 'v1beta2'],
];

/** Kinds that preflight needs only to place pods. PersistentVolumes, their claims and attachments are read for other checks too. */
export const SCHEDULER_KINDS: readonly SchedulerKind[] = [
  { kind: 'Namespace', roots: CORE, resource: 'namespaces', fields: [] },
  {
    kind: 'StorageClass',
    roots: STORAGE,
    resource: 'storageclasses',
    fields: ['provisioner', 'parameters', 'volumeBindingMode', 'allowedTopologies'],
  },
  { kind: 'CSINode', roots: STORAGE, resource: 'csinodes', fields: ['spec'] },
  { kind: 'CSIDriver', roots: STORAGE, resource: 'csidrivers', fields: ['spec'] },
  {
    kind: 'CSIStorageCapacity',
    roots: STORAGE,
    resource: 'csistoragecapacities',
    fields: ['nodeTopology', 'storageClassName', 'capacity', 'maximumVolumeSize'],
  },
  { kind: 'ResourceClaim', roots: DEVICES, resource: 'resourceclaims', fields: ['spec', 'status'] },
  { kind: 'ResourceClaimTemplate', roots: DEVICES, resource: 'resourceclaimtemplates', fields: ['spec'] },
  { kind: 'ResourceSlice', roots: DEVICES, resource: 'resourceslices', fields: ['spec'] },
  { kind: 'DeviceClass', roots: DEVICES, resource: 'deviceclasses', fields: ['spec'] },
];

const METADATA_FIELDS = ['namespace', 'name', 'uid', 'labels', 'annotations', 'ownerReferences', 'deletionTimestamp'];
/** The whole object as text, written by `kubectl apply`. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The part of an object that is read; without managed fields and what `kubectl apply` adds. */
export const toSchedulerObject = (model: object, fields: readonly string[]): SchedulerObject => ({
  metadata: toMetadata((model as { readonly metadata?: object }).metadata ?? {}),
  ...pick(model, fields),
});

const toMetadata = (metadata: object): SchedulerObject => {
  const part = pick(metadata, METADATA_FIELDS);
  const { annotations } = part as { readonly annotations?: Readonly<Record<string, string>> };
  if (annotations === undefined || !(LAST_APPLIED in annotations)) return part;
  return {
    ...part,
    annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== LAST_APPLIED)),
  };
};
