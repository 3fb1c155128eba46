import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { ClusterScene, Constraint } from './cluster-scene.ts';
import type { Random } from './random.ts';

const DRIVER = 'csi.example.com';
const DEVICE_CLASS = 'gpu.example.com';

/** The CSI driver of a node with its limit of attached volumes, and the devices of the node. */
export const toNodeObjects = (random: Random, nodeName: string): readonly KubernetesObject[] => [
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name: nodeName },
    spec: {
      drivers: [{ name: DRIVER, nodeID: nodeName, topologyKeys: [], allocatable: { count: random.integer(1, 2) } }],
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
      devices: Array.from({ length: random.integer(0, 2) }, (_, index) => ({ name: `device-${index}` })),
    },
  },
];

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
  const values = [...new Set([random.pick(nodeNames), ...(random.chance(0.5) ? [random.pick(nodeNames)] : [])])];
  return toClaim(scene, name, {
    source: { local: { path: '/mnt/disk' } },
    nodeAffinity: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values }] }],
    },
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

/** For one pod at a time: a second replica stays pending. */
export const toSinglePodClaim = (scene: ClusterScene, name: string): Constraint => ({
  ...toClaim(scene, name, { source: toCsi(`${scene.namespace}-${name}`), accessMode: 'ReadWriteOncePod' }),
  replicas: scene.random.integer(1, 2),
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
