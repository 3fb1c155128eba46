import { ZONE_LABEL } from '../../../src/domain/cluster/node-state.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { NodeFixture } from '../../../stack/cluster-fixtures/node.ts';
import { deployment } from '../../../stack/cluster-fixtures/workloads.ts';
import type { Stack } from '../../../stack/stack.ts';
import { inPool } from './node-pool.ts';

export const FLEET = 'fleet';
export const ZONES = ['a', 'b', 'c'] as const;
export const PODS_PER_NODE = 10;

const APPS_AT_ONCE = 10;
const NODES_AT_ONCE = 50;
const SLOW = { behavior: { terminateAfterMilliseconds: 300, readyAfterMilliseconds: 300 } };

export interface FleetSize {
  /** Default 10. */
  readonly podsPerNode?: number;
  /** Of each Deployment: a node has pods of several, and each Deployment pods on several nodes. Default 20. */
  readonly replicas?: number;
  /** Empty nodes in each zone, with room for 110 pods each; default 1. */
  readonly sparesPerZone?: number;
}

export interface Fleet {
  readonly nodeNames: readonly string[];
  readonly apps: readonly string[];
  readonly replicas: number;
  /** By UID of the pod, before the start: its node. */
  readonly nodeOfPod: ReadonlyMap<string, string>;
}

/** The zone of `fleet-a1` is `a`. */
export const toZone = (nodeName: string): string => nodeName.charAt(FLEET.length + 1);

const fleetNode = (name: string, zone: string, podCapacity: number): NodeFixture => ({
  name,
  labels: { pool: FLEET, [ZONE_LABEL]: zone },
  capacity: { pods: String(podCapacity) },
});

/** Creates the nodes, full of pods, and only then the spare nodes of each zone. `nodeNames`: as `fleet-a1`. */
export const createFleet = async (
  stack: Stack,
  nodeNames: readonly string[],
  { podsPerNode = PODS_PER_NODE, replicas = 20, sparesPerZone = 1 }: FleetSize = {},
): Promise<Fleet> => {
  const podCount = nodeNames.length * podsPerNode;
  const apps = Array.from({ length: podCount / replicas }, (_, index) => `app-${index + 1}`);
  await createNodes(
    stack,
    nodeNames.map((name) => fleetNode(name, toZone(name), podsPerNode)),
  );
  await stack.createNamespace(FLEET);
  const pod = inPool(FLEET, SLOW);
  for (const some of chunk(apps, APPS_AT_ONCE)) {
    await stack.apply(some.map((name) => deployment({ namespace: FLEET, name, replicas, pod })));
    await stack.awaitPodsReady(FLEET, `app in (${some.join(', ')})`, some.length * replicas);
  }
  const spares = ZONES.flatMap((zone) =>
    Array.from({ length: sparesPerZone }, (_, index) => fleetNode(`${FLEET}-spare-${zone}${index + 1}`, zone, 110)),
  );
  await createNodes(stack, spares);
  const pods = await stack.api.list(`/api/v1/namespaces/${FLEET}/pods`);
  return { nodeNames, apps, replicas, nodeOfPod: new Map(pods.map(toEntry)) };
};

/** A wait polls every object of its own: not for all at once. */
const createNodes = async (stack: Stack, fixtures: readonly NodeFixture[]): Promise<void> => {
  for (const some of chunk(fixtures, NODES_AT_ONCE)) await stack.createNodes(some);
};

const chunk = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

const toEntry = ({ metadata, spec }: KubernetesObject): readonly [string, string] => [
  metadata.uid ?? '',
  spec?.['nodeName'] as string,
];
