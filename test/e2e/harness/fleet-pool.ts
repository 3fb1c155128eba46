import { ZONE_LABEL } from '../../../src/domain/cluster/node-state.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import { deployment } from '../../../stack/cluster-fixtures/workloads.ts';
import type { Stack } from '../../../stack/stack.ts';
import { inPool } from './node-pool.ts';
import { readPodsOnNode } from './pods-on-node.ts';

export const FLEET = 'fleet';
export const ZONES = ['a', 'b', 'c'] as const;
export const PODS_PER_NODE = 10;

/** Of each Deployment: a node has pods of several, and each Deployment pods on several nodes. */
const REPLICAS = 20;
const SLOW = { behavior: { terminateAfterMilliseconds: 300, readyAfterMilliseconds: 300 } };

export interface Fleet {
  readonly nodeNames: readonly string[];
  readonly apps: readonly string[];
  readonly replicas: number;
  /** By UID of the pod, before the start: its node. */
  readonly nodeOfPod: ReadonlyMap<string, string>;
}

/** The zone of `fleet-a1` is `a`. */
export const toZone = (nodeName: string): string => nodeName.charAt(FLEET.length + 1);

const fleetNode = (name: string, zone: string, podCapacity: number): Parameters<Stack['createNodes']>[0][number] => ({
  name,
  labels: { pool: FLEET, [ZONE_LABEL]: zone },
  capacity: { pods: String(podCapacity) },
});

/** Creates the nodes, full of pods, and one spare node in each zone. `nodeNames`: as `fleet-a1`. */
export const createFleet = async (stack: Stack, nodeNames: readonly string[]): Promise<Fleet> => {
  const podCount = nodeNames.length * PODS_PER_NODE;
  const apps = Array.from({ length: podCount / REPLICAS }, (_, index) => `app-${index + 1}`);
  await stack.createNodes(nodeNames.map((name) => fleetNode(name, toZone(name), PODS_PER_NODE)));
  await stack.createNamespace(FLEET);
  const pod = inPool(FLEET, SLOW);
  await stack.apply(apps.map((name) => deployment({ namespace: FLEET, name, replicas: REPLICAS, pod })));
  await stack.awaitPodsReady(FLEET, '', podCount);
  await stack.createNodes(ZONES.map((zone) => fleetNode(`${FLEET}-spare-${zone}`, zone, 110)));
  const pods = await Promise.all(nodeNames.map(async (name) => toEntries(name, await readPodsOnNode(stack, name))));
  return { nodeNames, apps, replicas: REPLICAS, nodeOfPod: new Map(pods.flat()) };
};

const toEntries = (nodeName: string, pods: readonly KubernetesObject[]): readonly (readonly [string, string])[] =>
  pods.map(({ metadata }) => [metadata.uid ?? '', nodeName]);
