import type { PodShape } from '../../../stack/cluster-fixtures/pod-template.ts';
import { POOL_LABEL, TAINT, type ClusterScene, type Constraint } from './cluster-scene.ts';
import {
  toClaimedDevice,
  toClaimOfCsiDriver,
  toLocalClaim,
  toSinglePodClaim,
  toZonalClaim,
} from './volumes-and-devices.ts';

type Constrain = (scene: ClusterScene, name: string) => Constraint;

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
  // NodeResourcesFit
  ({ random }) => ({ pod: { requests: { cpu: `${random.integer(1, 3) * 900}m` } } }),
  ({ random }) => ({ pod: { requests: { memory: `${random.integer(3, 9)}Gi` } } }),
  // NodePorts
  ({ random }) => ({
    pod: { container: { ports: [{ containerPort: 80, hostPort: random.pick([8080, 8081]) }] } },
    replicas: random.integer(2, 4),
  }),
  // NodeAffinity
  ({ random }) => ({ pod: { nodeSelector: { [POOL_LABEL]: random.pick(['red', 'blue']) } } }),
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
    replicas: random.integer(2, 4),
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
  toClaimOfCsiDriver,
  toClaimOfCsiDriver,
  toSinglePodClaim,
  // DynamicResources
  toClaimedDevice,
  // None
  () => ({}),
];

/** What limits the pods of one workload, at random. */
export const pickConstraint = (scene: ClusterScene, name: string): Constraint =>
  scene.random.pick(CONSTRAINTS)(scene, name);
