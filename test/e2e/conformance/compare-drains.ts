import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { AuditEvent } from '../../../stack/control-plane/audit-log.ts';
import { controlledBy, finishedPod } from '../../../stack/cluster-fixtures/pods.ts';
import { daemonSet } from '../../../stack/cluster-fixtures/workloads.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { CommandResult } from '../../../stack/control-plane/kubectl.ts';
import type { Stack } from '../../../stack/stack.ts';
import type { DecommissionPlan } from '../../../src/domain/plan/decommission-plan.ts';
import { awaitClosing, type Closing } from '../harness/closing.ts';
import type { Harness } from '../harness/harness.ts';
import { RESERVED_TAINT, type DrainOptions, type Place } from './drain-rows.ts';

/** The same fixtures twice: one node for our drain, its sibling for kubectl drain. */
export interface Siblings {
  readonly ours: Place;
  readonly theirs: Place;
}

/** A pod on a row's node before the drain. */
export interface PlacedPod {
  readonly uid: string;
  readonly app: string;
}

export interface DrainComparison {
  readonly closing: Closing;
  readonly plan: DecommissionPlan | null;
  readonly kubectl: CommandResult;
  /** Labels `app` of the pods that are gone, sorted. */
  readonly removed: { readonly ours: readonly string[]; readonly theirs: readonly string[] };
  readonly nodes: {
    readonly before: KubernetesObject;
    readonly ours: KubernetesObject;
    readonly theirs: KubernetesObject;
  };
}

export const toSiblings = (id: string): Siblings => {
  const name = id.toLowerCase();
  return {
    ours: { namespace: `${name}-ours`, nodeName: `${name}-ours` },
    theirs: { namespace: `${name}-theirs`, nodeName: `${name}-theirs` },
  };
};

export const toPlaces = (id: string): readonly Place[] => {
  const { ours, theirs } = toSiblings(id);
  return [ours, theirs];
};

/** Nodes that only pods of their own row tolerate. */
export const createReservedNodes = async (stack: Stack, nodeNames: readonly string[]): Promise<void> => {
  await stack.createNodes(
    nodeNames.map((name) => ({ name, taints: [{ key: RESERVED_TAINT, value: name, effect: 'NoSchedule' }] })),
  );
};

/**
 * The DaemonSet controller deletes a finished pod at once. So the pod is created under a DaemonSet that its controller ignores: one that is
 * being deleted and is kept by a finalizer.
 */
export const createFinishedDaemonSetPod = async (stack: Stack, { namespace, nodeName }: Place): Promise<void> => {
  const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets`;
  const description = daemonSet({
    namespace,
    name: 'agent',
    pod: { nodeSelector: { 'kubernetes.io/hostname': 'none' } },
  });
  const owner = await stack.api.create(path, {
    ...description,
    metadata: { ...description.metadata, finalizers: ['conformance.test/hold'] },
  });
  await stack.api.delete(`${path}/agent`, { propagationPolicy: 'Background' });
  const pod = finishedPod({
    namespace,
    nodeName,
    name: 'agent-1',
    labels: { app: 'agent' },
    ownerReferences: [controlledBy(owner)],
  });
  await awaitCondition('the pod of the deleted DaemonSet has finished', async () => {
    const found = await stack.api.find(`/api/v1/namespaces/${namespace}/pods/agent-1`);
    // The controller may see the pod before it sees the deletion, and then removes the pod.
    if (found === undefined) await stack.apply([pod]);
    return found?.metadata.deletionTimestamp === undefined && found?.status?.['phase'] === 'Succeeded';
  });
};

/** Waits until the node has that many pods, all Ready or in that phase. */
export const awaitPlaced = async (
  stack: Stack,
  { nodeName }: Place,
  count: number,
  phase?: 'Succeeded' | 'Failed',
): Promise<readonly PlacedPod[]> =>
  await awaitCondition(
    `${count} pods are ready on ${nodeName}`,
    async () => {
      const pods = await readPods(stack, nodeName);
      const isSettled = (pod: KubernetesObject): boolean =>
        phase === undefined ? isReady(pod) : pod.status?.['phase'] === phase;
      if (pods.length !== count || !pods.every(isSettled)) return undefined;
      return pods.map(({ metadata }) => ({ uid: metadata.uid ?? '', app: metadata.labels?.['app'] ?? metadata.name }));
    },
    { intervalMilliseconds: 200 },
  );

/** Drains both siblings at once, each with its tool, and reads the remaining pods. */
export const compareDrains = async (
  harness: Harness,
  { ours, theirs }: Siblings,
  options: DrainOptions,
): Promise<DrainComparison> => {
  const { stack } = harness;
  const readNode = async ({ nodeName }: Place): Promise<KubernetesObject> =>
    await stack.api.read(`/api/v1/nodes/${nodeName}`);
  const before = await readNode(ours);
  const [podsOurs, podsTheirs] = await Promise.all([readPods(stack, ours.nodeName), readPods(stack, theirs.nodeName)]);
  const run = await harness.start(toRequest(ours, options));
  const [closing, kubectl] = await Promise.all([
    awaitClosing(run),
    stack.kubectl(['drain', theirs.nodeName, ...toFlags(options)]),
  ]);
  const plan = await harness.client.workflow.getHandle(run.workflowId).query<DecommissionPlan | null>('plan');
  return {
    closing,
    plan,
    kubectl,
    removed: {
      ours: toRemoved(podsOurs, await readPods(stack, ours.nodeName)),
      theirs: toRemoved(podsTheirs, await readPods(stack, theirs.nodeName)),
    },
    nodes: { before, ours: await readNode(ours), theirs: await readNode(theirs) },
  };
};

/** With kubectl's defaults instead of ours; with `deleteNode: false` a run does the same as kubectl drain. */
export const toRequest = ({ nodeName }: Pick<Place, 'nodeName'>, options: DrainOptions): Record<string, unknown> => ({
  nodeNames: [nodeName],
  hostCleanup: 'skip',
  deleteNode: false,
  force: options.force ?? false,
  ignoreDaemonSets: options.ignoreDaemonSets ?? false,
  deleteEmptyDirData: options.deleteEmptyDirData ?? false,
  ...(options.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
});

export const toFlags = (options: DrainOptions): readonly string[] => [
  ...(options.force === true ? ['--force'] : []),
  ...(options.ignoreDaemonSets === true ? ['--ignore-daemonsets'] : []),
  ...(options.deleteEmptyDirData === true ? ['--delete-emptydir-data'] : []),
  ...(options.gracePeriodSeconds === undefined ? [] : [`--grace-period=${options.gracePeriodSeconds}`]),
];

/** The evictions and deletions of pods by either tool in this row's namespace. */
export const toPodRemovals = (events: readonly AuditEvent[], { namespace }: Place): readonly AuditEvent[] =>
  events.filter(
    ({ objectRef, verb, userAgent = '' }) =>
      objectRef?.namespace === namespace &&
      objectRef.resource === 'pods' &&
      (objectRef.subresource === 'eviction' || verb === 'delete' || verb === 'deletecollection') &&
      /^(node-decommission\/|kubectl)/.test(userAgent),
  );

/** The spec without what the node lifecycle controller writes after a cordon. */
export const toOwnSpec = ({ spec = {} }: KubernetesObject): Record<string, unknown> => {
  const taints = (spec['taints'] ?? []) as readonly { readonly key: string }[];
  return { ...spec, taints: taints.filter(({ key }) => key !== 'node.kubernetes.io/unschedulable') };
};

const readPods = async (stack: Stack, nodeName: string): Promise<readonly KubernetesObject[]> =>
  await stack.api.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${nodeName}`);

const toRemoved = (before: readonly KubernetesObject[], after: readonly KubernetesObject[]): readonly string[] => {
  const left = new Set(after.map(({ metadata }) => metadata.uid));
  return before
    .filter(({ metadata }) => !left.has(metadata.uid))
    .map(({ metadata }) => metadata.labels?.['app'] ?? metadata.name)
    .sort();
};

const isReady = (pod: KubernetesObject): boolean => {
  const conditions = (pod.status?.['conditions'] ?? []) as readonly {
    readonly type: string;
    readonly status: string;
  }[];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
};
