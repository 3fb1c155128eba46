import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import { toLocalClassName, toPriorityClassName, type ClusterScene, type Constraint } from './cluster-scene.ts';
import type { Random } from './random.ts';

const DRIVER = 'csi.example.com';
const DEVICE_CLASS = 'gpu.example.com';

/** What exists once for each cluster. */
export const toClassObjects = (namespace: string): readonly KubernetesObject[] => [
  toObject('storage.k8s.io/v1', 'StorageClass', toLocalClassName(namespace), {
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  }),
  ...[true, false].map((preempts) =>
    toObject('scheduling.k8s.io/v1', 'PriorityClass', toPriorityClassName(namespace, preempts), {
      value: 1000,
      preemptionPolicy: preempts ? 'PreemptLowerPriority' : 'Never',
    }),
  ),
];

/** Of a kind without a specification. */
const toObject = (apiVersion: string, kind: string, name: string, fields: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...fields,
});

/** The CSI driver of a node with its limit of attached volumes, its devices, and its local volumes. */
export const toNodeObjects = (random: Random, namespace: string, nodeName: string): readonly KubernetesObject[] => [
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name: nodeName },
    spec: {
      drivers: [
        { name: DRIVER, nodeID: nodeName, topologyKeys: [], allocatable: { count: isFirst(nodeName) ? 4 : 1 } },
      ],
    },
  },
  {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: { name: nodeName },
    spec: {
      driver: DEVICE_CLASS,
      nodeName,
      pool: { name: nodeName, resourceSliceCount: 1, generation: 1 },
      devices: Array.from({ length: isFirst(nodeName) ? 2 : random.integer(0, 1) }, (_, index) => ({
        name: `device-${index}`,
      })),
    },
  },
  ...Array.from({ length: random.integer(0, 2) }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${nodeName}-${index}` },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: toLocalClassName(namespace),
      persistentVolumeReclaimPolicy: 'Retain',
      local: { path: `/mnt/disk-${index}` },
      nodeAffinity: { required: toNodeTerms([nodeName]) },
    },
  })),
];

const isFirst = (nodeName: string): boolean => nodeName.endsWith('-n0');

const toNodeTerms = (values: readonly string[]): object => ({
  nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values }] }],
});

interface VolumeShape {
  readonly source: object;
  readonly accessMode?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly nodeAffinity?: object;
}

/** A volume and a claim that the controller binds to each other, and one pod that uses it. */
const toClaim = ({ namespace }: ClusterScene, name: string, shape: VolumeShape): Constraint => {
  const accessModes = [shape.accessMode ?? 'ReadWriteOnce'];
  const volumeName = `${namespace}-${name}`;
  return {
    pod: { claimName: name },
    replicas: 1,
    objects: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: volumeName, ...(shape.labels === undefined ? {} : { labels: shape.labels }) },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes,
          storageClassName: '',
          claimRef: { namespace, name },
          ...shape.source,
          ...(shape.nodeAffinity === undefined ? {} : { nodeAffinity: { required: shape.nodeAffinity } }),
        },
      },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { namespace, name },
        spec: { accessModes, storageClassName: '', volumeName, resources: { requests: { storage: '1Gi' } } },
      },
    ],
  };
};

const toCsi = (handle: string): object => ({ csi: { driver: DRIVER, volumeHandle: handle } });

/** Usable on one or two nodes. */
export const toLocalClaim = (scene: ClusterScene, name: string): Constraint => {
  const { random, nodeNames } = scene;
  const values = [...new Set([random.pick(nodeNames), ...(random.chance(0.3) ? [random.pick(nodeNames)] : [])])];
  return toClaim(scene, name, {
    source: { local: { path: '/mnt/disk' } },
    nodeAffinity: toNodeTerms(values),
  });
};

/** Usable in the zone that its label names. */
export const toZonalClaim = (scene: ClusterScene, name: string): Constraint =>
  toClaim(scene, name, {
    source: { nfs: { server: '127.0.0.1', path: '/' } },
    labels: { 'topology.kubernetes.io/zone': scene.random.pick(scene.zones) },
  });

/** Counts toward the limit of its node. */
export const toClaimOfCsiDriver = (scene: ClusterScene, name: string): Constraint =>
  toClaim(scene, name, { source: toCsi(`${scene.namespace}-${name}`) });

/** Two volumes: more than most nodes can attach. */
export const toTwoClaimsOfCsiDriver = (scene: ClusterScene, name: string): Constraint => {
  const names = [`${name}-a`, `${name}-b`];
  return {
    replicas: 1,
    spec: { volumes: names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) },
    objects: names.flatMap((each) => toClaimOfCsiDriver(scene, each).objects ?? []),
  };
};

/** A disk that each node can attach for one pod. */
export const toSharedDisk = ({ random }: ClusterScene, name: string): Constraint => ({
  replicas: random.integer(3, 5),
  spec: { volumes: [{ name: 'disk', gcePersistentDisk: { pdName: name } }] },
});

/** For one pod at a time: a second replica stays pending. */
export const toSinglePodClaim = (scene: ClusterScene, name: string): Constraint => ({
  ...toClaim(scene, name, { source: toCsi(`${scene.namespace}-${name}`), accessMode: 'ReadWriteOncePod' }),
  replicas: scene.random.integer(1, 2),
});

/** A volume that is deleted with its pod: the next pod gets another one. */
export const toEphemeralVolume = ({ random, namespace }: ClusterScene): Constraint => ({
  replicas: random.integer(1, 2),
  spec: {
    volumes: [
      {
        name: 'scratch',
        ephemeral: {
          volumeClaimTemplate: {
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName: toLocalClassName(namespace),
              resources: { requests: { storage: '1Gi' } },
            },
          },
        },
      },
    ],
  },
});

/** Each pod gets one device of its node. */
export const toClaimedDevice = ({ random, namespace }: ClusterScene, name: string): Constraint => ({
  replicas: random.integer(1, 3),
  spec: { resourceClaims: [{ name: 'device', resourceClaimTemplateName: name }] },
  pod: { container: { resources: { requests: { cpu: '100m' }, claims: [{ name: 'device' }] } } },
  objects: [
    {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      metadata: { namespace, name },
      spec: { spec: { devices: { requests: [{ name: 'one', exactly: { deviceClassName: DEVICE_CLASS } }] } } },
    },
  ],
});

/** Exists once for all clusters. */
export const DEVICE_CLASS_OBJECT: KubernetesObject = {
  apiVersion: 'resource.k8s.io/v1',
  kind: 'DeviceClass',
  metadata: { name: DEVICE_CLASS },
  spec: { selectors: [{ cel: { expression: `device.driver == "${DEVICE_CLASS}"` } }] },
};
