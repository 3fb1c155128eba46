import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import { caseNode, caseWorkload, HOSTNAME, preferNode, type SmallCase } from './small-case.ts';

const ZONE = 'topology.kubernetes.io/zone';
const ACCESS = { accessModes: ['ReadWriteOnce'] };

const volume = (name: string, spec: object, labels: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, labels },
  spec: { capacity: { storage: '1Gi' }, ...ACCESS, ...spec },
});

/** A volume that is usable in one zone, bound to the claim `data`. */
const zonalData = (namespace: string, zone: string): readonly KubernetesObject[] => [
  volume(
    `small-case-${namespace}`,
    { storageClassName: '', claimRef: { namespace, name: 'data' }, nfs: { server: '127.0.0.1', path: '/' } },
    { [ZONE]: zone },
  ),
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace, name: 'data' },
    spec: { ...ACCESS, storageClassName: '', volumeName: `small-case-${namespace}`, resources: storage },
  },
];
const storage = { requests: { storage: '1Gi' } };

/** Prefers zone b, but its data is in zone a. */
const zonalCase = (name: string, otherZone: string, rest: Pick<SmallCase, 'planned' | 'observed'>): SmallCase => ({
  name,
  nodes: [
    caseNode(name, 1, { labels: { [ZONE]: 'a' } }),
    caseNode(name, 2, { labels: { [ZONE]: otherZone }, opensLater: true }),
    caseNode(name, 3, { labels: { [ZONE]: 'b' }, opensLater: true }),
  ],
  objects: zonalData(name, 'a'),
  workloads: [
    caseWorkload({ caseName: name, name: 'db', pod: { claimName: 'data', affinity: preferNode('b', ZONE) } }),
  ],
  removed: [`${name}-1`],
  ...rest,
});

const localDisk = (nodeName: string): KubernetesObject =>
  volume(`small-case-${nodeName}`, {
    storageClassName: 'small-case-local',
    local: { path: '/mnt/disk' },
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: HOSTNAME, operator: 'In', values: [nodeName] }] }] },
    },
  });

export const VOLUMES: readonly (readonly [string, SmallCase])[] = [
  [
    'a zonal volume decides against a soft affinity: the pod fits in the zone of the volume',
    zonalCase('zonal', 'a', { planned: { verdicts: ['fits'], findings: [] }, observed: { pendingWhileCordoned: 0 } }),
  ],
  [
    'a zonal volume decides against a soft affinity: without another node in its zone the pod is pinned',
    zonalCase('zonal-last', 'b', {
      planned: {
        verdicts: ['doesNotFit'],
        findings: [['PodPinnedToNode', 'its claim data is bound to volume small-case-zonal-last']],
      },
      observed: { pendingWhileCordoned: 1 },
    }),
  ],
  [
    'a generic ephemeral volume on a local disk goes with its pod, which gets another disk',
    {
      name: 'scratch',
      nodes: [caseNode('scratch', 1), caseNode('scratch', 2, { opensLater: true })],
      objects: [
        {
          apiVersion: 'storage.k8s.io/v1',
          kind: 'StorageClass',
          metadata: { name: 'small-case-local' },
          ...{ provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' },
        },
        localDisk('scratch-1'),
        localDisk('scratch-2'),
      ],
      workloads: [
        caseWorkload({
          caseName: 'scratch',
          name: 'build',
          podSpec: {
            volumes: [
              {
                name: 'scratch',
                ephemeral: {
                  volumeClaimTemplate: {
                    spec: { ...ACCESS, storageClassName: 'small-case-local', resources: storage },
                  },
                },
              },
            ],
          },
        }),
      ],
      removed: ['scratch-1'],
      planned: { verdicts: ['fits'], findings: [] },
      observed: { pendingWhileCordoned: 0 },
    },
  ],
];
