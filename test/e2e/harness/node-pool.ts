import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { PodShape } from '../../../stack/cluster-fixtures/pod-template.ts';
import type { Stack } from '../../../stack/stack.ts';

const POOL_LABEL = 'pool';

/** A node to drain with its pods, and separate nodes for their replacements: tests do not affect each other. */
export interface NodePool {
  /** Also the name of its namespace. */
  readonly nodeName: string;
  readonly namespace: string;
  readonly spareName: string;
  readonly node: KubernetesObject;
}

/** Keeps pods on the nodes of the pool. */
export const inPool = (pool: string, shape: PodShape = {}): PodShape => ({
  ...shape,
  nodeSelector: { [POOL_LABEL]: pool },
});

/**
 * Creates the node and a namespace of the same name, lets `fill` start its pods there, and only then creates `<name>-spare`: so all pods are
 * on the node. Pods of `fill` stay in the pool by `inPool(name)`.
 */
export const createNodePool = async (
  stack: Stack,
  name: string,
  fill: (namespace: string) => Promise<void>,
): Promise<NodePool> => {
  const node = await createPoolNode(stack, name, name);
  await stack.createNamespace(name);
  await fill(name);
  const spareName = `${name}-spare`;
  await createPoolNode(stack, name, spareName);
  return { nodeName: name, namespace: name, spareName, node };
};

/** One more node of the pool. */
export const createPoolNode = async (
  stack: Stack,
  pool: string,
  name: string,
  unschedulable = false,
): Promise<KubernetesObject> => {
  const [node] = await stack.createNodes([{ name, unschedulable, labels: { [POOL_LABEL]: pool } }]);
  return node!;
};
