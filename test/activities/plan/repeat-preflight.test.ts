import { describe, expect, it } from '@jest/globals';
import { repeatPreflight } from '../../../src/activities/plan/repeat-preflight.ts';
import type { RepeatedPreflight } from '../../../src/domain/preflight/repeated-preflight.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { toNodeWorkflowId } from '../../../src/domain/run/workflow-ids.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { replicaSet, workload } from '../../builders/workload.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

const TARGETS = [nodeTarget(), nodeTarget({ nodeName: 'node-2', nodeUid: 'uid-node-2' })];

const clusterOf = (...nodes: Parameters<typeof node>[0][]): FakeCluster =>
  new FakeCluster({
    nodes: [...nodes.map((overrides) => node(overrides)), node({ name: 'node-3' })],
    pods: [pod()],
    workloads: [workload(), replicaSet()],
  });

const repeat = (
  cluster: FakeCluster,
  directory = new FakeWorkflowDirectory(),
  request: Partial<DecommissionRequest> = {},
  drainingNodeNames: readonly string[] = [],
): Promise<readonly RepeatedPreflight[]> =>
  runActivity(repeatPreflight(activityDependencies(cluster, { directory })), [
    taskContext(),
    decommissionRequest({ nodeNames: [], ...request }),
    TARGETS,
    drainingNodeNames,
  ]);

const LARGE = { cpu: 2500, memory: 64 * 1024 * 1024 };

/** Two nodes start; each has a pod that takes more than half a node, and so has a third one, which is cordoned. */
const clusterWithRoom = (spareCount: number): FakeCluster => {
  const names = ['node-1', 'node-2', 'node-3'];
  const spares = Array.from({ length: spareCount }, (_each, index) => node({ name: `spare-${index}` }));
  return new FakeCluster({
    nodes: [...names.map((name) => node({ name, unschedulable: true })), ...spares],
    pods: names.map((nodeName) => pod({ name: `web-1-${nodeName}`, nodeName, requests: LARGE })),
    workloads: [workload({ replicas: 3 }), replicaSet({ replicas: 3 })],
  });
};

describe('repeatPreflight', () => {
  it('refuses nothing while nodes are as they were planned, and changes nothing', async () => {
    const cluster = clusterOf({ unschedulable: true }, { name: 'node-2', unschedulable: true });
    expect((await repeat(cluster)).map(({ nodeName, refusals }) => [nodeName, refusals])).toEqual([
      ['node-1', []],
      ['node-2', []],
    ]);
    expect(cluster.calls.some(({ call }) => /^(patch|create|annotate|evict|deleteBudget)/.test(call))).toBe(false);
  });

  it('refuses the node that is not Ready any more, and not the other', async () => {
    const found = await repeat(clusterOf({ ready: false }, { name: 'node-2' }));
    expect(found.map(({ refusals }) => refusals.length)).toEqual([1, 0]);
    expect(found[0]?.refusals[0]).toContain('node node-1 is not Ready');
  });

  it.each([
    { name: 'as much room as the pods of the nodes that start need', spareCount: 2, draining: [], refusedCount: 0 },
    { name: 'none for those that still leave a node', spareCount: 2, draining: ['node-3'], refusedCount: 1 },
    { name: 'room for those too', spareCount: 3, draining: ['node-3'], refusedCount: 0 },
    { name: 'a node that is gone meanwhile', spareCount: 2, draining: ['node-9'], refusedCount: 0 },
  ])('$name: $refusedCount are refused', async ({ spareCount, draining, refusedCount }) => {
    const found = await repeat(clusterWithRoom(spareCount), undefined, {}, draining);
    expect(found.filter(({ refusals }) => refusals.length > 0)).toHaveLength(refusedCount);
    expect(found.map(({ besides }) => besides)).toEqual(found.map(() => draining[0]));
  });

  it('refuses a node that is gone', async () => {
    const found = await repeat(clusterOf({}));
    expect(found[1]?.refusals).toEqual([expect.stringContaining('node node-2 does not exist')]);
  });

  it('does not refuse a node whose own workflow runs already: it may have deleted its Node', async () => {
    const directory = new FakeWorkflowDirectory();
    const running = { kind: 'open', runId: 'run-1' } as const;
    directory.nodeWorkflows.set(toNodeWorkflowId('default', 'node-2'), [running]);
    const found = await repeat(clusterOf({}), directory);
    expect(found.map(({ nodeName, refusals }) => [nodeName, refusals])).toEqual([
      ['node-2', []],
      ['node-1', []],
    ]);
  });
});
