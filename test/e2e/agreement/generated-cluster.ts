import { replicaSet } from '../../../stack/cluster-fixtures/workloads.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { NodeFixture } from '../../../stack/cluster-fixtures/node.ts';
import { DECLARED_FEATURE, POOL_LABEL, TAINT, type Constraint } from './cluster-scene.ts';
import { pickConstraints } from './constraints.ts';
import { createRandom, type Random } from './random.ts';
import { toClassObjects, toNodeObjects } from './volumes-and-devices.ts';

/** A small cluster whose workloads have every kind of constraint, and the nodes that are removed from it. */
export interface GeneratedCluster {
  readonly namespace: string;
  readonly nodes: readonly GeneratedNode[];
  /** Cluster-scoped and namespaced objects that pods refer to. */
  readonly objects: readonly KubernetesObject[];
  readonly workloads: readonly KubernetesObject[];
  /** How many nodes are removed; which ones is decided once pods run on them. */
  readonly removedCount: number;
}

export interface GeneratedNode extends NodeFixture {
  /** Of its status; what the kubelet reports. */
  readonly declaredFeatures: readonly string[];
}

const ZONES = ['a', 'b', 'c'];

/** The same cluster for the same seed. */
export const generateCluster = (seed: number): GeneratedCluster => {
  const random = createRandom(seed);
  const namespace = `agree-${seed}`;
  const nodes = Array.from({ length: random.integer(4, 6) }, (_, index) =>
    toNode(random, `${namespace}-n${index}`, index),
  );
  const nodeNames = nodes.map(({ name }) => name);
  const objects: KubernetesObject[] = [
    ...toClassObjects(namespace),
    ...nodeNames.flatMap((name) => toNodeObjects(random, namespace, name)),
  ];
  const workloads: KubernetesObject[] = [];
  const workloadNames: string[] = [];
  for (const [index, constrain] of pickConstraints(random, random.integer(12, 16)).entries()) {
    const scene = { random, namespace, zones: ZONES, nodeNames, workloadNames };
    const name = `w${index}`;
    const constraint = constrain(scene, name);
    workloads.push(toWorkload(random, namespace, name, constraint));
    objects.push(...(constraint.objects ?? []));
    workloadNames.push(name);
  }
  return { namespace, nodes, objects, workloads, removedCount: random.chance(0.4) ? 2 : 1 };
};

/** The first node has the most pods, CPU, devices and volumes, the second the most memory: some pods have no other place. */
const toNode = (random: Random, name: string, index: number): GeneratedNode => ({
  name,
  labels: {
    'topology.kubernetes.io/zone': ZONES[index === 0 ? 0 : 1 + (index % 2)]!,
    [POOL_LABEL]: random.pick(['red', 'blue']),
  },
  capacity: toCapacity(random, index),
  declaredFeatures: index === 0 || random.chance(0.3) ? [DECLARED_FEATURE] : [],
  ...(index > 1 && random.chance(0.25) ? { taints: [TAINT] } : {}),
  ...(index > 1 && random.chance(0.12) ? { unschedulable: true } : {}),
});

const toCapacity = (random: Random, index: number): Readonly<Record<string, string>> => ({
  cpu: index === 0 ? '24' : String(random.integer(7, 11)),
  memory: index === 1 ? '96Gi' : '24Gi',
  pods: index === 0 ? '26' : String(random.integer(15, 24)),
});

const toWorkload = (random: Random, namespace: string, name: string, constraint: Constraint): KubernetesObject => {
  const workload = replicaSet({
    namespace,
    name,
    replicas: constraint.replicas ?? random.integer(1, 4),
    pod: {
      tolerations: random.chance(0.2) ? [{ key: TAINT.key, operator: 'Exists' }] : [],
      requests: { cpu: `${random.pick([100, 200, 300])}m` },
      ...constraint.pod,
    },
  });
  const { template } = workload.spec as { readonly template: { readonly spec: object } };
  Object.assign(template.spec, constraint.spec);
  return workload;
};
