import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { Stack } from '../../../stack/stack.ts';

/** What a node and its namespace have, read without the program under test. */
export interface NodeTraces {
  readonly presence: 'gone' | 'schedulable' | 'cordoned';
  readonly uid: string;
  /** Everything that a task has written and has to remove, e.g. `annotation node-decommission.io/lock`. */
  readonly left: readonly string[];
}

/** These stay on purpose: who drained a node that is kept, and who removed a lock. */
const STAYS = ['node-decommission.io/drained', 'node-decommission.io/unlocked'];

const PREFIXES = [
  'node-decommission',
  'NodeDrainTask',
  'cluster-autoscaler.kubernetes.io',
  'node.kubernetes.io/exclude-from-external-load-balancers',
];

const isOfTask = (key: string): boolean => !STAYS.includes(key) && PREFIXES.some((prefix) => key.startsWith(prefix));

/** The namespace has the name of the node. */
export const readTraces = async (stack: Stack, nodeName: string): Promise<NodeTraces> => {
  const [node, budgets, deployments] = await Promise.all([
    stack.api.find(`/api/v1/nodes/${nodeName}`),
    stack.api.list(`/apis/policy/v1/namespaces/${nodeName}/poddisruptionbudgets`),
    stack.api.list(`/apis/apps/v1/namespaces/${nodeName}/deployments`),
  ]);
  return {
    presence: toPresence(node),
    uid: node?.metadata.uid ?? '',
    left: [
      ...(node ? listTraces(node, 'Node') : []),
      ...budgets.flatMap((budget) => listTraces(budget, `budget ${budget.metadata.name}`)),
      ...budgets.filter(isCreatedByTask).map(({ metadata }) => `budget ${metadata.name}`),
      ...deployments.flatMap((each) => listTraces(each, `Deployment ${each.metadata.name}`)),
    ],
  };
};

const toPresence = (node: KubernetesObject | undefined): NodeTraces['presence'] => {
  if (!node) return 'gone';
  return node.spec?.['unschedulable'] === true ? 'cordoned' : 'schedulable';
};

const isCreatedByTask = ({ metadata }: KubernetesObject): boolean => metadata.name.endsWith('-pdb');

const listTraces = ({ metadata, spec }: KubernetesObject, object: string): readonly string[] => {
  const taints = (spec?.['taints'] ?? []) as readonly { readonly key: string }[];
  return [
    ...Object.keys(metadata.annotations ?? {}).map((key) => ({ kind: 'annotation', key })),
    ...Object.keys(metadata.labels ?? {}).map((key) => ({ kind: 'label', key })),
    ...taints.map(({ key }) => ({ kind: 'taint', key })),
  ]
    .filter(({ key }) => isOfTask(key))
    .map(({ kind, key }) => `${object}: ${kind} ${key}`);
};
