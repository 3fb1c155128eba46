import { disruptionBudget } from '../../../stack/cluster-fixtures/disruption-budget.ts';
import type { PodShape } from '../../../stack/cluster-fixtures/pod-template.ts';
import { deployment } from '../../../stack/cluster-fixtures/workloads.ts';
import type { Stack } from '../../../stack/stack.ts';
import { createPoolNode, inPool } from './node-pool.ts';
import type { Snapshot } from './snapshot.ts';

/** A pool as created by `createNodePool`, described in advance so that many can be set up together. */
export interface Scene {
  /** Also the name of the pool and its namespace. */
  readonly nodeName: string;
  /** Pods to wait for. */
  readonly podCount: number;
  readonly objects: readonly object[];
  /** More nodes of the pool, empty. */
  readonly otherNodeNames?: readonly string[];
}

export interface WebOptions {
  /** Default 2. */
  readonly replicas?: number;
  /** Adds a budget of another owner, also named `web`. */
  readonly maxUnavailable?: number;
  readonly pod?: PodShape;
}

/** One Deployment `web` with all its pods on the node. */
export const webScene = (nodeName: string, { replicas = 2, maxUnavailable, pod }: WebOptions = {}): Scene => {
  const name = { namespace: nodeName, name: 'web' };
  return {
    nodeName,
    podCount: replicas,
    objects: [
      deployment({ ...name, replicas, pod: inPool(nodeName, pod) }),
      ...(maxUnavailable === undefined ? [] : [disruptionBudget({ ...name, maxUnavailable })]),
    ],
  };
};

/** `web` is blocked by a budget that allows no eviction, which preflight refuses except with `preflight: warn` or `skip`; `api` can be evicted. */
export const halfBlockedScene = (nodeName: string): Scene => {
  const web = webScene(nodeName, { maxUnavailable: 0 });
  const api = deployment({ namespace: nodeName, name: 'api', replicas: 2, pod: inPool(nodeName) });
  return { ...web, podCount: 4, objects: [...web.objects, api] };
};

/** Sets up all scenes together: nodes, pods that are Ready there, and only then their other nodes and a spare one for each. */
export const setScenes = async (stack: Stack, scenes: readonly Scene[]): Promise<void> => {
  await Promise.all(
    scenes.flatMap(({ nodeName }) => [createPoolNode(stack, nodeName, nodeName), stack.createNamespace(nodeName)]),
  );
  await stack.apply(scenes.flatMap(({ objects }) => objects));
  await Promise.all(scenes.map(({ nodeName, podCount }) => stack.awaitPodsReady(nodeName, '', podCount)));
  await Promise.all(
    scenes.flatMap(({ nodeName, otherNodeNames = [] }) =>
      [`${nodeName}-spare`, ...otherNodeNames].map((name) => createPoolNode(stack, nodeName, name)),
    ),
  );
};

/** The part of a snapshot that belongs to the scene: its nodes and everything in its namespace. */
export const toSceneSnapshot = (snapshot: Snapshot, nodeName: string): Snapshot => {
  const isOfScene = (key: string): boolean =>
    key === `Node /${nodeName}` || key.startsWith(`Node /${nodeName}-`) || key.includes(` ${nodeName}/`);
  return Object.fromEntries(Object.entries(snapshot).filter(([key]) => isOfScene(key)));
};
