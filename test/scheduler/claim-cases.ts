import type { SchedulerFacts, SchedulerObject } from '../../src/domain/scheduling/scheduler-facts.ts';
import {
  placementTrial,
  schedulerFacts,
  schedulerNode,
  schedulerPod,
  schedulerTemplate,
} from '../builders/scheduler-facts.ts';
import type { VerdictCase } from './verdict-cases.ts';

const hostname = 'kubernetes.io/hostname';
const onNode = (...names: readonly string[]): object => ({
  nodeSelectorTerms: [{ matchExpressions: [{ key: hostname, operator: 'In', values: names }] }],
});

/** A claim `data` that is bound to a CSI volume `data`. */
export const boundClaim = (
  accessMode = 'ReadWriteOnce',
  nodeAffinity: object = {},
): Record<string, readonly SchedulerObject[]> => ({
  PersistentVolumeClaim: [
    {
      metadata: {
        namespace: 'shop',
        name: 'data',
        uid: 'claim',
        annotations: { 'pv.kubernetes.io/bind-completed': 'yes' },
      },
      spec: { volumeName: 'data', accessModes: [accessMode], resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Bound' },
    },
  ],
  PersistentVolume: [
    {
      metadata: { name: 'data', annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: [accessMode],
        claimRef: { namespace: 'shop', name: 'data', uid: 'claim' },
        csi: { driver: 'csi.test', volumeHandle: 'handle' },
        ...nodeAffinity,
      },
      status: { phase: 'Bound' },
    },
  ],
});

export const csiNode = (name: string, count?: number): SchedulerObject => ({
  metadata: { name },
  spec: { drivers: [{ name: 'csi.test', nodeID: name, ...(count === undefined ? {} : { allocatable: { count } }) }] },
});

const withClaim = schedulerTemplate('db', {
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
});

const withEphemeralVolume = schedulerTemplate('cache', {
  volumes: [
    {
      name: 'scratch',
      ephemeral: {
        volumeClaimTemplate: {
          spec: {
            storageClassName: 'fast',
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '1Gi' } },
          },
        },
      },
    },
  ],
});

/** The claim of the pod that is moved is bound to a volume on its node; its class allows only `new`. */
const ephemeral = (volumeBindingMode: string, allowed: string): Record<string, readonly SchedulerObject[]> => ({
  StorageClass: [
    {
      metadata: { name: 'fast' },
      provisioner: 'csi.test',
      volumeBindingMode,
      allowedTopologies: [{ matchLabelExpressions: [{ key: hostname, values: [allowed] }] }],
    },
  ],
  PersistentVolumeClaim: [
    {
      metadata: {
        namespace: 'shop',
        name: 'moved-scratch',
        annotations: { 'pv.kubernetes.io/bind-completed': 'yes' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'moved', uid: 'moved', controller: true }],
      },
      spec: { storageClassName: 'fast', volumeName: 'scratch', accessModes: ['ReadWriteOnce'] },
      status: { phase: 'Bound' },
    },
  ],
  PersistentVolume: [
    {
      metadata: { name: 'scratch' },
      spec: {
        storageClassName: 'fast',
        claimRef: { namespace: 'shop', name: 'moved-scratch' },
        csi: { driver: 'csi.test', volumeHandle: 'scratch' },
        nodeAffinity: { required: onNode('old') },
      },
      status: { phase: 'Bound' },
    },
  ],
});

const deviceRequest = {
  requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.test', allocationMode: 'ExactCount', count: 1 } }],
};

/** One device on each named node. */
const devices = (...nodeNames: readonly string[]): Record<string, readonly SchedulerObject[]> => ({
  DeviceClass: [{ metadata: { name: 'gpu.test' }, spec: {} }],
  ResourceSlice: nodeNames.map((nodeName) => ({
    metadata: { name: `slice-${nodeName}` },
    spec: {
      driver: 'gpu.test',
      nodeName,
      pool: { name: nodeName, resourceSliceCount: 1, generation: 1 },
      devices: [{ name: 'gpu-0' }],
    },
  })),
  ResourceClaimTemplate: [{ metadata: { namespace: 'shop', name: 'gpu' }, spec: { spec: { devices: deviceRequest } } }],
});

const allocatedOn = (nodeName: string): object => ({
  allocation: {
    devices: { results: [{ request: 'gpu', driver: 'gpu.test', pool: nodeName, device: 'gpu-0' }] },
    nodeSelector: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }],
    },
  },
});

const resourceClaim = (name: string, pod: string, nodeName: string, more: object = {}): SchedulerObject => ({
  metadata: { namespace: 'shop', name, uid: `uid-${name}`, ...more },
  spec: { devices: deviceRequest },
  status: { ...allocatedOn(nodeName), reservedFor: [{ resource: 'pods', name: pod, uid: pod }] },
});

const ownedBy = (pod: string): object => ({
  annotations: { 'resource.kubernetes.io/pod-claim-name': 'gpu' },
  ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: pod, uid: pod, controller: true }],
});

const withDevice = schedulerTemplate('train', { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpu' }] });
const withNamedDevice = schedulerTemplate('train', { resourceClaims: [{ name: 'gpu', resourceClaimName: 'shared' }] });

const facts = (
  template: SchedulerObject,
  objects: SchedulerFacts['objects'],
  more: Partial<SchedulerFacts> = {},
): SchedulerFacts =>
  schedulerFacts({
    nodes: ['old', 'new'].map((name) => schedulerNode(name)),
    templates: [template],
    pods: [schedulerPod('moved', 0, 'old')],
    objects,
    ...more,
  });

/** All of these pods are on the removed node and use one claim. */
const sharedDevice = (...uids: readonly string[]): SchedulerFacts =>
  facts(
    withNamedDevice,
    {
      ...devices('old', 'new'),
      ResourceClaim: [
        {
          ...resourceClaim('shared', 'moved', 'old'),
          status: {
            ...allocatedOn('old'),
            reservedFor: uids.map((name) => ({ resource: 'pods', name, uid: name })),
          },
        },
      ],
    },
    { pods: uids.map((uid) => schedulerPod(uid, 0, 'old')) },
  );

const moved = placementTrial(['moved']);

/** Volumes and devices: facts, a trial of them, and the answer in kube-scheduler's words. */
export const CLAIM_CASES: readonly VerdictCase[] = [
  {
    name: 'the CSI driver allows no more volumes on the node',
    facts: facts(withClaim, { ...boundClaim(), CSINode: [csiNode('old'), csiNode('new', 0)] }),
    trial: moved,
    places: {
      moved: {
        message: '0/2 nodes are available: 1 node(s) exceed max volume count, 1 node(s) were unschedulable.',
        plugins: ['NodeUnschedulable', 'NodeVolumeLimits'],
      },
    },
  },
  {
    name: 'a bound local volume stays on the removed node',
    facts: facts(withClaim, boundClaim('ReadWriteOnce', { nodeAffinity: { required: onNode('old') } })),
    trial: moved,
    places: {
      moved: {
        message:
          "0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) were unschedulable.",
        plugins: ['NodeUnschedulable', 'VolumeBinding'],
      },
    },
  },
  {
    name: 'a claim does not exist',
    facts: facts(withClaim, {}),
    trial: moved,
    places: {
      moved: {
        message: '0/2 nodes are available: persistentvolumeclaim "data" not found.',
        isPlacedByPreemption: false,
      },
    },
  },
  {
    name: "a ReadWriteOncePod claim is not in use by the pod's own earlier instance",
    facts: facts(withClaim, { ...boundClaim('ReadWriteOncePod'), CSINode: [csiNode('old'), csiNode('new')] }),
    trial: moved,
    places: { moved: 'new' },
  },
  {
    name: 'a ReadWriteOncePod claim is in use by another pod',
    facts: facts(withClaim, boundClaim('ReadWriteOncePod'), {
      pods: [schedulerPod('moved', 0, 'old'), schedulerPod('stays', 0, 'new')],
    }),
    trial: moved,
    places: {
      moved: {
        message:
          '0/2 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod, 1 node(s) were unschedulable.',
        plugins: ['NodeUnschedulable', 'VolumeRestrictions'],
      },
    },
  },
  ...['WaitForFirstConsumer', 'Immediate'].flatMap((mode) => [
    {
      name: `a generic ephemeral volume is created again where its class allows (${mode})`,
      facts: facts(withEphemeralVolume, ephemeral(mode, 'new')),
      trial: moved,
      places: { moved: 'new' },
    },
    {
      name: `a generic ephemeral volume cannot be created elsewhere (${mode})`,
      facts: facts(withEphemeralVolume, ephemeral(mode, 'old')),
      trial: moved,
      places: {
        moved: {
          message:
            "0/2 nodes are available: 1 node(s) didn't find available persistent volumes to bind, 1 node(s) were unschedulable.",
          plugins: ['NodeUnschedulable', 'VolumeBinding'],
        },
      },
    },
  ]),
  {
    name: 'a resource claim that another pod uses stays on the removed node',
    facts: sharedDevice('moved', 'stays'),
    trial: moved,
    places: {
      moved: {
        message: '0/2 nodes are available: 1 node(s) were unschedulable, 1 resourceclaim not available on the node.',
        plugins: ['DynamicResources', 'NodeUnschedulable'],
      },
    },
  },
  {
    name: 'a resource claim that no other pod uses is allocated again, for both pods that share it',
    facts: sharedDevice('moved', 'second'),
    trial: placementTrial(['moved', 'second']),
    places: { moved: 'new', second: 'new' },
  },
  {
    name: 'a resource claim is allocated again when a pod has left whose template does not name it',
    facts: {
      ...sharedDevice('moved', 'other'),
      templates: [withNamedDevice, schedulerTemplate('other')],
      pods: [schedulerPod('moved', 0, 'old'), schedulerPod('other', 1, 'old')],
    },
    trial: placementTrial(['moved', 'other']),
    places: { moved: 'new', other: 'new' },
  },
  {
    name: 'the only device is on the removed node',
    facts: facts(withDevice, {
      ...devices('old'),
      ResourceClaim: [resourceClaim('moved-gpu', 'moved', 'old', ownedBy('moved'))],
    }),
    trial: moved,
    places: {
      moved: {
        message: '0/2 nodes are available: 1 cannot allocate all claims, 1 node(s) were unschedulable.',
        plugins: ['DynamicResources', 'NodeUnschedulable'],
      },
    },
  },
  {
    name: 'two pods need a device, and one is free elsewhere',
    facts: facts(
      withDevice,
      { ...devices('old', 'new'), ResourceClaim: [resourceClaim('moved-gpu', 'moved', 'old', ownedBy('moved'))] },
      { pods: ['moved', 'second'].map((uid) => schedulerPod(uid, 0, 'old')) },
    ),
    trial: placementTrial(['moved', 'second']),
    places: {
      moved: 'new',
      second: { message: '0/2 nodes are available: 1 cannot allocate all claims, 1 node(s) were unschedulable.' },
    },
  },
];
