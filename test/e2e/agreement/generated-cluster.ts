import { replicaSet } from '../../../stack/cluster-fixtures/workloads.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { NodeFixture } from '../../../stack/cluster-fixtures/node.ts';
import { POOL_LABEL, TAINT, type Constraint } from './cluster-scene.ts';
import { pickConstraint } from './constraints.ts';
import { createRandom, type Random } from './random.ts';
import { toNodeObjects } from './volumes-and-devices.ts';

/** A small cluster whose workloads have every kind of constraint, and the nodes that are removed from it. */
export interface GeneratedCluster {
  readonly namespace: string;
  readonly nodes: readonly NodeFixture[];
  /** Cluster-scoped and namespaced objects that pods refer to, in the order of their creation. */
  readonly objects: readonly KubernetesObject[];
  readonly workloads: readonly KubernetesObject[];
  /** How many nodes are removed; which ones is decided once pods run on them. */
  readonly removedCount: number;
}

const ZONES = ['a', 'b', 'c'];
/** The same cluster for the same seed. */
export const generateCluster = (seed: number): GeneratedCluster => {
  const random = createRandom(seed);
  const namespace = `agree-${seed}`;
  const nodes = Array.from({ length: random.integer(4, 5) }, (_, index) =>
    toNode(random, `${namespace}-n${index}`, index),
  );
  const objects: KubernetesObject[] = nodes.flatMap(({ name }) => toNodeObjects(random, name));
  const workloads: KubernetesObject[] = [];
  const workloadNames: string[] = [];
  const count = random.integer(10, 14);
  for (let index = 0; index < count; index++) {
    const scene = { random, namespace, zones: ZONES, nodeNames: nodes.map(({ name }) => name), workloadNames };
    const name = `w${index}`;
    const constraint = pickConstraint(scene, name);
    workloads.push(toWorkload(random, namespace, name, constraint));
    objects.push(...(constraint.objects ?? []));
    workloadNames.push(name);
  }
  return { namespace, nodes, objects, workloads, removedCount: random.chance(0.4) ? 2 : 1 };
};

const toNode = (random: Random, name: string, index: number): NodeFixture => ({
  name,
  labels: {
    'topology.kubernetes.io/zone': ZONES[index % ZONES.length]!,
    [POOL_LABEL]: random.pick(['red', 'blue']),
  },
  capacity: { cpu: String(random.integer(3, 6)), memory: '16Gi', pods: String(random.integer(8, 16)) },
  ...(index > 1 && random.chance(0.25) ? { taints: [TAINT] } : {}),
  ...(index > 1 && random.chance(0.12) ? { unschedulable: true } : {}),
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
