import type { PlacementTrial, TrialPod } from '../../src/domain/scheduling/placement-trial.ts';
import type { SchedulerFacts, SchedulerObject, SchedulerPod } from '../../src/domain/scheduling/scheduler-facts.ts';
import { schedulerFacts, schedulerNode, schedulerPod, schedulerTemplate } from '../builders/scheduler-facts.ts';
import { createRandom, type Random } from '../e2e/agreement/random.ts';

/** Small clusters with little room, whose pods have every kind of constraint that a survey knows, and some that it does not. */
export const REMOVED: readonly string[] = ['n0', 'n1'];

const TRIALS = 14;
const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

export interface RandomCluster {
  readonly facts: SchedulerFacts;
  /** Those on the removed nodes, and those that wait. */
  readonly pods: readonly TrialPod[];
}

/** The same cluster for the same seed. */
export const toRandomCluster = (seed: number): RandomCluster => {
  const random = createRandom(seed);
  const nodeCount = random.integer(5, 16);
  const zones = random.pick([['a'], ['a', 'b'], ['a', 'b', 'c']]);
  const nodes = Array.from({ length: nodeCount }, (_, index) => toNode(random, index, zones));
  const templates = Array.from({ length: random.integer(2, 7) }, (_, index) => toTemplate(random, index));
  const pods: SchedulerPod[] = [];
  const add = (nodeName: string): void => {
    pods.push(schedulerPod(`p${pods.length}`, random.integer(0, templates.length - 1), nodeName));
  };
  for (const nodeName of REMOVED) for (let count = random.integer(0, 5); count > 0; count--) add(nodeName);
  for (let count = random.integer(0, 2); count > 0; count--) add('');
  const moved = pods.map(({ uid }) => ({ uid }));
  for (let index = REMOVED.length; index < nodeCount; index++) {
    for (let count = random.integer(0, 2); count > 0; count--) add(`n${index}`);
  }
  const staying = pods.filter(({ nodeName }) => REMOVED.includes(nodeName) && random.chance(0.1));
  return {
    facts: schedulerFacts({ nodes, templates, pods, objects: toVolumes(random, nodes) }),
    pods: moved.filter(({ uid }) => !staying.some((each) => each.uid === uid)),
  };
};

const toNode = (random: Random, index: number, zones: readonly string[]): SchedulerObject => {
  const labels = {
    ...(random.chance(0.95) ? { [zone]: random.pick(zones) } : {}),
    pool: random.pick(['red', 'blue']),
  };
  const taints = random.chance(0.1) ? [{ key: 'special', effect: 'NoSchedule' }] : [];
  const allocatable = {
    cpu: String(random.integer(2, 8)),
    memory: '16Gi',
    pods: String(random.pick([4, 6, 110])),
  };
  return { ...schedulerNode(`n${index}`, { labels, spec: { taints } }), status: { allocatable } };
};

const CONSTRAINTS: readonly ((random: Random, app: string) => Readonly<Record<string, unknown>>)[] = [
  () => ({}),
  () => ({}),
  (random) => ({ nodeSelector: { pool: random.pick(['red', 'blue']) } }),
  () => ({ containers: [{ name: 'main', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
  (random, app) => repelling(random.pick([app, 'w0', 'w1']), hostname),
  (random, app) => repelling(random.pick([app, 'w0', 'w1']), random.chance(0.7) ? hostname : zone),
  (random, app) => spreading(random, app, zone),
  (random, app) => spreading(random, app, random.chance(0.5) ? zone : hostname),
  () => ({ tolerations: [{ key: 'special', operator: 'Exists' }] }),
  (random) => ({ tolerations: random.chance(0.5) ? [{ operator: 'Exists' }] : [] }),
  (random, app) => spreading(random, app, zone, 'ScheduleAnyway'),
  (random, app) => ({ affinity: preferring(random, random.pick([app, 'w0'])) }),
  (_random, app) => ({
    affinity: { podAffinity: { [REQUIRED]: [{ topologyKey: zone, labelSelector: { matchLabels: { app } } }] } },
  }),
  () => ({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }),
  (random) => ({
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: random.pick(['data', 'more', 'late']) } }],
  }),
];

const repelling = (app: string, topologyKey: string): Readonly<Record<string, unknown>> => ({
  affinity: {
    podAntiAffinity: { [REQUIRED]: [{ topologyKey, labelSelector: { matchLabels: { app } } }] },
  },
});

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Affects the choice among the nodes only. */
const preferring = (random: Random, app: string): Readonly<Record<string, unknown>> => {
  const podAffinityTerm = { topologyKey: random.pick([hostname, zone]), labelSelector: { matchLabels: { app } } };
  const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, podAffinityTerm }] };
  return random.chance(0.5) ? { podAffinity: preferred } : { podAntiAffinity: preferred };
};

const spreading = (
  random: Random,
  app: string,
  topologyKey: string,
  whenUnsatisfiable = 'DoNotSchedule',
): Readonly<Record<string, unknown>> => ({
  topologySpreadConstraints: [
    {
      maxSkew: random.integer(1, 2),
      topologyKey,
      whenUnsatisfiable,
      labelSelector: { matchLabels: { app } },
      ...(random.chance(0.3) ? { nodeTaintsPolicy: 'Honor' } : {}),
    },
  ],
});

const toTemplate = (random: Random, index: number): SchedulerObject => {
  const app = `w${index}`;
  return schedulerTemplate(
    app,
    random.pick(CONSTRAINTS)(random, app),
    random.pick(['100m', '500m', '1', '1500m', '2']),
  );
};

/** Volumes `data` and `more` of a driver of which a node takes one or two; `late` is created for its first pod. */
const toVolumes = (random: Random, nodes: readonly SchedulerObject[]): SchedulerFacts['objects'] => ({
  PersistentVolumeClaim: ['data', 'more', 'late'].map((name) => ({
    metadata: { namespace: 'shop', name, uid: name, annotations: name === 'late' ? {} : { [BOUND]: 'yes' } },
    spec: {
      accessModes: ['ReadWriteMany'],
      storageClassName: 'waiting',
      resources: { requests: { storage: '1Gi' } },
      ...(name === 'late' ? {} : { volumeName: name }),
    },
    status: { phase: name === 'late' ? 'Pending' : 'Bound' },
  })),
  PersistentVolume: ['data', 'more'].map((name) => ({
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteMany'],
      claimRef: { namespace: 'shop', name, uid: name },
      csi: { driver: 'csi.test', volumeHandle: name },
    },
    status: { phase: 'Bound' },
  })),
  StorageClass: [{ metadata: { name: 'waiting' }, provisioner: 'csi.test', volumeBindingMode: 'WaitForFirstConsumer' }],
  CSINode: nodes.map(({ metadata }) => ({
    metadata: { name: (metadata as { name: string }).name },
    spec: { drivers: [{ name: 'csi.test', nodeID: 'n', allocatable: { count: random.integer(1, 2) } }] },
  })),
});

const BOUND = 'pv.kubernetes.io/bind-completed';

/** In random orders, with every choice; some fill the nodes that pods could take first. */
export const toRandomTrials = (
  seed: number,
  { nodes }: SchedulerFacts,
  pods: readonly TrialPod[],
): readonly PlacementTrial[] => {
  const random = createRandom(seed + 1_000_000);
  const names = nodes.map(({ metadata }) => (metadata as { name: string }).name);
  return Array.from({ length: TRIALS }, () => ({
    removedNodeNames: REMOVED,
    removedNodes: random.pick(['cordoned', 'cordoned', 'deleted']),
    pods: shuffle(random, pods),
    leave: random.pick(['together', 'oneByOne', 'later']),
    choice: random.pick(['scheduler', 'fullest', 'emptiest']),
    ...(random.chance(0.4) ? { preferredNodeNames: shuffle(random, names).slice(0, random.integer(1, 4)) } : {}),
  }));
};

const shuffle = <Item>(random: Random, items: readonly Item[]): readonly Item[] => {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = random.integer(0, last);
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
};
