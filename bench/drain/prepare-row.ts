import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import type { PodShape } from '../../stack/cluster-fixtures/pod-template.ts';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import { daemonSet, deployment, job, statefulSet } from '../../stack/cluster-fixtures/workloads.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { Stack } from '../../stack/stack.ts';
import { toUnavailableCount } from '../../src/domain/budgets/max-unavailable.ts';
import { countPods, type BenchRow, type RowWorkload } from '../rows/bench-row.ts';

/** A node with the pods of a row, and rooms for their replacements. */
export interface PreparedNode {
  readonly nodeName: string;
  readonly namespace: string;
}

const ROOMS = 3;
const CAPACITY = { cpu: '128', memory: '512Gi', pods: '500' };
const LABEL = 'bench';
const LEAST_GRACE_SECONDS = 30;

/**
 * Creates a node, a namespace, the workloads and the budgets of a row, and then the rooms: at the time when the pods start, the node is the
 * only one that they may run on. Returns when all pods are Ready and every budget allows what it should.
 * @param name of the node and the namespace; new for each drain
 */
export const prepareRow = async (stack: Stack, row: BenchRow, name: string): Promise<PreparedNode> => {
  await Promise.all([
    stack.createNamespace(name),
    stack.createNodes([{ name, labels: { [LABEL]: name }, capacity: CAPACITY }]),
  ]);
  await stack.apply([...row.workloads.flatMap((workload) => toObjects(workload, name)), ...toDaemonSets(row, name)]);
  await stack.awaitPodsReady(name, '', countPods(row) + (row.daemonSetPods ?? 0));
  await stack.createNodes(
    toRoomNames(name).map((room) => ({ name: room, labels: { [LABEL]: name }, capacity: CAPACITY })),
  );
  for (const workload of row.workloads) await awaitBudget(stack, workload, name);
  return { nodeName: name, namespace: name };
};

/** Removes everything that `prepareRow` has created, and waits until it is gone, so that the next drain finds an empty cluster. */
export const clearRow = async (stack: Stack, { nodeName, namespace }: PreparedNode): Promise<void> => {
  const { api } = stack;
  for (const collection of OWNERS)
    await api.delete(collection.replace('*', namespace), { propagationPolicy: 'Background' });
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await awaitCondition(`the pods of ${namespace} are gone`, async () => {
    await api.delete(pods, { gracePeriodSeconds: 0 });
    return (await api.list(pods)).length === 0;
  });
  for (const name of [nodeName, ...toRoomNames(nodeName)]) await api.delete(`/api/v1/nodes/${name}`);
  await api.delete(`/api/v1/namespaces/${namespace}`);
  await awaitCondition(
    `namespace ${namespace} is gone`,
    async () => (await api.find(`/api/v1/namespaces/${namespace}`)) === undefined,
  );
};

const OWNERS = [
  '/apis/apps/v1/namespaces/*/deployments',
  '/apis/apps/v1/namespaces/*/replicasets',
  '/apis/apps/v1/namespaces/*/statefulsets',
  '/apis/apps/v1/namespaces/*/daemonsets',
  '/apis/batch/v1/namespaces/*/jobs',
];

const toRoomNames = (name: string): readonly string[] =>
  Array.from({ length: ROOMS }, (_, index) => `${name}-room-${index + 1}`);

const toObjects = (workload: RowWorkload, namespace: string): readonly KubernetesObject[] => {
  const { name, pods, budget } = workload;
  const fixture = { namespace, name, replicas: pods, pod: toPodShape(workload, namespace) };
  const budgets = budget === undefined ? [] : [disruptionBudget({ namespace, name, maxUnavailable: budget })];
  switch (workload.kind) {
    case 'Deployment':
      return [deployment(fixture), ...budgets];
    case 'StatefulSet':
      return [statefulSet(fixture), ...budgets];
    case 'Job':
      return [job(fixture), ...budgets];
    case 'Pod':
      return Array.from({ length: pods }, (_, index) =>
        pod({ namespace, name: `${name}-${index + 1}`, labels: { app: name }, ...fixture.pod }),
      );
  }
};

const toPodShape = (workload: RowWorkload, nodeLabel: string): PodShape => ({
  nodeSelector: { [LABEL]: nodeLabel },
  terminationGracePeriodSeconds: Math.max(LEAST_GRACE_SECONDS, workload.terminationSeconds),
  behavior: {
    readyAfterMilliseconds: workload.readySeconds * 1000,
    terminateAfterMilliseconds: workload.terminationSeconds * 1000,
  },
  ...(workload.isSystemCritical === true ? { priorityClassName: 'system-cluster-critical' } : {}),
  ...(workload.hasEmptyDir === true ? { emptyDir: 'scratch' } : {}),
});

/** Each DaemonSet has one pod on the node. */
const toDaemonSets = ({ daemonSetPods = 0 }: BenchRow, namespace: string): readonly KubernetesObject[] =>
  Array.from({ length: daemonSetPods }, (_, index) =>
    daemonSet({ namespace, name: `agent-${index + 1}`, pod: { nodeSelector: { [LABEL]: namespace } } }),
  );

const awaitBudget = async (stack: Stack, { name, budget, pods }: RowWorkload, namespace: string): Promise<void> => {
  if (budget === undefined) return;
  const allowed = toUnavailableCount(budget, pods);
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}`;
  await awaitCondition(
    `budget ${namespace}/${name} allows ${allowed}`,
    async () => (await stack.api.read(path)).status?.['disruptionsAllowed'] === allowed,
  );
};
