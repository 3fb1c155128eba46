import type { PodShape } from '../../../stack/cluster-fixtures/pod-template.ts';
import { POOL_LABEL, TAINT, toPriorityClassName, type ClusterScene, type Constraint } from './cluster-scene.ts';
import type { Random } from './random.ts';
import {
  toClaimedDevice,
  toClaimOfCsiDriver,
  toEphemeralVolume,
  toLocalClaim,
  toSharedDisk,
  toSinglePodClaim,
  toTwoClaimsOfCsiDriver,
  toZonalClaim,
} from './volumes-and-devices.ts';

export type Constrain = (scene: ClusterScene, name: string) => Constraint;

const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

const toSelector = (app: string): object => ({ labelSelector: { matchLabels: { app } } });

const requireNodes = (...matchExpressions: readonly object[]): PodShape => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
  },
});

/** One for each way in which a plugin of the scheduler can reject a node; those that reject often are listed once. */
const CONSTRAINTS: readonly Constrain[] = [
  // NodeResourcesFit: only one node is large enough, or several are.
  ({ random }) => ({ pod: { requests: { cpu: random.pick(['13', '13', '2500m']) } }, replicas: 1 }),
  ({ random }) => ({
    pod: { requests: { memory: random.pick(['30Gi', '30Gi', '7Gi']) } },
    replicas: random.integer(1, 2),
  }),
  // NodePorts
  ({ random }) => ({
    pod: { container: { ports: [{ containerPort: 80, hostPort: random.pick([8080, 8081]) }] } },
    replicas: random.integer(4, 6),
  }),
  // NodeAffinity
  ({ random }) => ({ pod: { nodeSelector: { [POOL_LABEL]: random.pick(['red', 'blue']) } } }),
  ({ random, nodeNames }) => ({ pod: { nodeSelector: { [HOSTNAME]: random.pick(nodeNames.slice(0, 2)) } } }),
  ({ random, zones }) => ({
    pod: requireNodes({ key: ZONE, operator: random.pick(['In', 'NotIn']), values: [random.pick(zones)] }),
  }),
  // TaintToleration: only the nodes with the taint are selected, or the taint is not tolerated.
  ({ random }) => ({
    pod: {
      tolerations: random.chance(0.5) ? [{ ...TAINT, operator: 'Equal' }] : [],
      nodeSelector: { [POOL_LABEL]: 'red' },
    },
  }),
  // InterPodAffinity
  ({ random }, name) => ({
    pod: {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: random.pick([HOSTNAME, HOSTNAME, ZONE]), ...toSelector(name) },
          ],
        },
      },
    },
    replicas: random.integer(4, 6),
  }),
  ({ random, workloadNames }, name) => ({
    pod: {
      affinity: {
        [random.pick(['podAffinity', 'podAntiAffinity'])]: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: random.pick([HOSTNAME, ZONE]), ...toSelector(random.pick([...workloadNames, name])) },
          ],
        },
      },
    },
  }),
  // PodTopologySpread
  ({ random }, name) => ({
    spec: {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: random.pick([HOSTNAME, ZONE]),
          whenUnsatisfiable: 'DoNotSchedule',
          ...toSelector(name),
          ...(random.chance(0.4) ? { nodeTaintsPolicy: 'Honor' } : {}),
          ...(random.chance(0.2) ? { minDomains: random.integer(2, 4) } : {}),
        },
      ],
    },
    replicas: random.integer(2, 5),
  }),
  // VolumeBinding, VolumeZone, NodeVolumeLimits, VolumeRestrictions
  toLocalClaim,
  toZonalClaim,
  toZonalClaim,
  toClaimOfCsiDriver,
  toTwoClaimsOfCsiDriver,
  toSinglePodClaim,
  toSharedDisk,
  toEphemeralVolume,
  // DynamicResources
  toClaimedDevice,
  // NodeDeclaredFeatures
  () => ({
    pod: {
      container: {
        restartPolicy: 'Never',
        restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }],
      },
    },
  }),
  // Pods of a higher priority are placed first, and some of them preempt others.
  ({ random, namespace }) => ({
    pod: {
      priorityClassName: toPriorityClassName(namespace, random.chance(0.2)),
      requests: { cpu: random.pick(['500m', '3']) },
    },
    replicas: random.integer(1, 2),
  }),
  // A pod that tolerates everything can return to a cordoned node.
  () => ({ pod: { tolerations: [{ operator: 'Exists' }] }, replicas: 1 }),
  // None, or a share of the nodes' resources
  () => ({ replicas: 4 }),
  ({ random }) => ({ replicas: random.integer(3, 5) }),
  ({ random }) => ({ pod: { requests: { cpu: `${random.integer(6, 14) * 100}m` } }, replicas: 3 }),
  ({ random }) => ({ pod: { requests: { memory: `${random.integer(1, 4)}Gi` } }, replicas: 4 }),
];

/** What limits the pods of each of so many workloads: different constraints, at random. */
export const pickConstraints = (random: Random, count: number): readonly Constrain[] => {
  const left = [...CONSTRAINTS];
  return Array.from({ length: count }, () => left.splice(random.integer(0, left.length - 1), 1)).flat();
};
