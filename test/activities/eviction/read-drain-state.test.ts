import { describe, expect, it } from '@jest/globals';
import { readDrainState } from '../../../src/activities/eviction/read-drain-state.ts';
import { BudgetIndex } from '../../../src/activities/eviction/budget-index.ts';
import { readWorkloadIndex } from '../../../src/activities/support/read-workload-index.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import type { NodeFacts, OwnerReference, PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { DrainState } from '../../../src/domain/run/context.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { budget } from '../../builders/budget.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { countlessWorkload, replicaSet, workload } from '../../builders/workload.ts';
import { FakeCluster, GRACE_END } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';

const WORKLOADS = [workload(), replicaSet(), countlessWorkload('apps/v1', 'DaemonSet', 'agent')];

const read = (facts: Partial<FakeClusterFacts>, request: Partial<DecommissionRequest> = {}): Promise<DrainState> => {
  const cluster = new FakeCluster({ nodes: [heldNode()], workloads: WORKLOADS, ...facts });
  return readDrainState(activityDependencies(cluster))(taskContext(), decommissionRequest(request), nodeTarget());
};

describe('readDrainState', () => {
  it('an empty node has no targets', async () => {
    await expect(read({ pods: [pod({ nodeName: 'node-2' })] })).resolves.toEqual({
      targets: [],
      refusals: [],
      stayingCount: 0,
      nothingStays: true,
    });
  });

  it('names the pods that the request keeps, and does not count them as left', async () => {
    const pods = [pod({ name: 'b' }), barePod({ name: 'a', labels: { app: 'web' } }), pod({ name: 'c', labels: {} })];
    const { kept, targets, refusals } = await read({ pods }, { keepPods: 'app=web' });
    expect({ kept, targets: targets.map(({ name }) => name), refusals }).toEqual({
      kept: ['default/a', 'default/b'],
      targets: ['c'],
      refusals: [],
    });
  });

  it('reports a dead node only where the request allows to mark it out of service', async () => {
    const facts = {
      nodes: [heldNode({ ready: false, isSilent: true })],
      pods: [pod({ deletionTimestamp: GRACE_END })],
    };
    expect((await read(facts, { deadNode: 'outOfService' })).dead).toEqual({
      isOutOfService: false,
      areTerminating: true,
    });
    expect(await read(facts)).not.toHaveProperty('dead');
  });

  it('lists the targets by name, with top-level workload', async () => {
    const { targets } = await read({ pods: [pod({ name: 'b' }), pod({ name: 'a', deletionTimestamp: GRACE_END })] });
    expect(targets).toEqual([
      {
        namespace: 'default',
        name: 'a',
        uid: 'uid-default-a',
        workload: 'Deployment/web',
        workloadUid: 'uid-Deployment-web',
      },
      {
        namespace: 'default',
        name: 'b',
        uid: 'uid-default-b',
        workload: 'Deployment/web',
        workloadUid: 'uid-Deployment-web',
        replicasOf: owner('apps/v1', 'Deployment', 'web'),
        maxUnavailable: '25%',
      },
    ]);
  });

  it('limits the pods of a workload unless the request rules out budgets', async () => {
    const lists = { replicaSets: [], statefulSets: [], cloneSets: [] };
    const { targets } = await read({ pods: [pod()] }, lists);
    expect(targets[0]).not.toHaveProperty('maxUnavailable');
  });

  it.each([
    ['waited for', true, [{ namespace: 'default', owner: owner('apps/v1', 'Deployment', 'web'), readyBefore: 2 }]],
    ['not waited for', false, undefined],
  ])('lists the workloads whose replacements are %s', async (_name, waitForReplacements, expected) => {
    const pods = [pod({ name: 'a' }), pod({ name: 'b' }), pod({ controller: owner('batch/v1', 'Job', 'import') })];
    const workloads = [workload({ readyReplicas: 2 }), replicaSet(), countlessWorkload('batch/v1', 'Job', 'import')];
    expect((await read({ pods, workloads }, { waitForReplacements })).replaced).toEqual(expected);
  });

  const job = countlessWorkload('batch/v1', 'Job', 'import');
  const jobPod = pod({ controller: owner('batch/v1', 'Job', 'import') });

  it.each([
    ['waited for', { jobs: 'waitForCompletion' }, [true]],
    ['evicted', { jobs: 'evict' }, [undefined]],
  ] as const)('pods of Jobs are %s', async (_name, request, expected) => {
    const { targets } = await read({ pods: [jobPod], workloads: [job] }, request);
    expect(targets.map(({ awaitsCompletion }) => awaitsCompletion)).toEqual(expected);
  });

  const judgedAgain: [
    name: string,
    facts: Partial<FakeClusterFacts>,
    request: Partial<DecommissionRequest>,
    replicasOf: OwnerReference | undefined,
  ][] = [
    ['its workload', { pods: [pod()] }, {}, owner('apps/v1', 'Deployment', 'web')],
    ['none, when the request consents', { pods: [pod()] }, { singleReplica: 'evict' }, undefined],
    ['none for a finished pod', { pods: [pod({ phase: 'Succeeded' })] }, {}, undefined],
    ['none for a kind without replicas', { pods: [jobPod], workloads: [job] }, {}, undefined],
    ['none for a bare pod', { pods: [barePod()] }, { force: true }, undefined],
  ];
  it.each(judgedAgain)('workload to check again before the eviction: %s', async (_name, facts, request, replicasOf) => {
    const { targets } = await read(facts, request);
    expect(targets.map((target) => target.replicasOf)).toEqual([replicasOf]);
  });

  it('marks a pod without a workload as bare, since it can only be recreated under its name', async () => {
    const gone = pod({ name: 'orphan', controller: owner('apps/v1', 'StatefulSet', 'gone') });
    const { targets } = await read({ pods: [barePod(), gone, pod()] }, { force: true });
    expect(targets.map(({ name, isBare }) => [name, isBare])).toEqual([
      ['bare', true],
      ['orphan', true],
      ['web-1-a', undefined],
    ]);
  });

  const critical = { priorityClassName: 'system-cluster-critical' } as const;
  it.each<[name: string, facts: Partial<PodFacts>, request: Partial<DecommissionRequest>, expected: object]>([
    ['an ordinary pod has no mark', {}, { onTimeout: 'delete' }, {}],
    ['a system-critical pod is marked', critical, {}, { systemCritical: 'running' }],
    [
      'one that is terminating, too',
      { ...critical, deletionTimestamp: GRACE_END },
      { onTimeout: 'delete' },
      { systemCritical: 'terminating' },
    ],
    [
      'one that may be deleted has its grace period',
      { ...critical, terminationGracePeriodSeconds: 45 },
      { onTimeout: 'delete' },
      { systemCritical: 'running', terminationGracePeriodSeconds: 45 },
    ],
  ])('%s', async (_name, facts, request, expected) => {
    const { targets } = await read({ pods: [pod(facts)] }, { ...request, singleReplica: 'evict' });
    const { systemCritical, terminationGracePeriodSeconds } = targets[0] ?? {};
    expect({ systemCritical, terminationGracePeriodSeconds }).toEqual({
      systemCritical: undefined,
      terminationGracePeriodSeconds: undefined,
      ...expected,
    });
  });

  it('counts the pods that stay', async () => {
    const agent = pod({ name: 'agent', controller: owner('apps/v1', 'DaemonSet', 'agent') });
    await expect(read({ pods: [agent, barePod({ mirror: true })] })).resolves.toMatchObject({
      targets: [],
      stayingCount: 2,
    });
  });

  const single = [workload({ replicas: 1 }), replicaSet()];
  const refusals: [
    name: string,
    facts: Partial<FakeClusterFacts>,
    request: Partial<DecommissionRequest>,
    count: number,
  ][] = [
    ['a bare pod without force', { pods: [barePod()] }, {}, 1],
    ['a bare pod with force', { pods: [barePod()] }, { force: true }, 0],
    ['emptyDir without consent', { pods: [pod({ emptyDirVolumes: ['cache'] })] }, {}, 1],
    ['a workload that an autoscaler scaled to one replica', { pods: [pod()], workloads: single }, {}, 1],
    ['the same with consent', { pods: [pod()], workloads: single }, { singleReplica: 'evict' }, 0],
    [
      'the same when its pod is already terminating',
      { pods: [pod({ deletionTimestamp: GRACE_END })], workloads: single },
      {},
      0,
    ],
  ];
  it.each(refusals)('%s', async (_name, facts, request, count) => {
    const { refusals: sentences } = await read(facts, request);
    expect(sentences).toHaveLength(count);
  });

  it('a refusal names the pod and the consent', async () => {
    const { refusals: sentences } = await read({ pods: [pod()], workloads: single });
    expect(sentences).toEqual([
      'default/web-1-a: Deployment/web has a replica count of 1, so evicting this pod causes an outage until its replacement is ready (to proceed anyway, set singleReplica: surge (a second replica first) or singleReplica: evict)',
    ]);
  });

  describe('a workload of a kind that may not be read', () => {
    const rollout = owner('argoproj.io/v1alpha1', 'Rollout', 'web');
    const lookForbidden = (
      facts: Partial<FakeClusterFacts>,
      request: Partial<DecommissionRequest> = {},
    ): Promise<DrainState> => {
      const cluster = new FakeCluster({ nodes: [heldNode()], ...facts });
      cluster.forbidden = ['Rollout'];
      return readDrainState(activityDependencies(cluster))(taskContext(), decommissionRequest(request), nodeTarget());
    };

    it('is refused where it owns pods, and names the missing right', async () => {
      const { refusals: sentences } = await lookForbidden({ pods: [pod({ controller: rollout })] });
      expect(sentences).toEqual([expect.stringContaining('grant `get` on kind Rollout of API group argoproj.io')]);
    });

    it('is evicted with consent', async () => {
      const { refusals: sentences } = await lookForbidden(
        { pods: [pod({ controller: rollout })] },
        { singleReplica: 'evict' },
      );
      expect(sentences).toEqual([]);
    });

    it.each([
      [1, 1],
      [2, 0],
    ])('counts as its ReplicaSet of %s replicas', async (replicas, count) => {
      const workloads = [replicaSet({ controller: rollout, replicas })];
      const { targets, refusals: sentences } = await lookForbidden({ pods: [pod()], workloads });
      expect(sentences).toHaveLength(count);
      expect(targets).toMatchObject([{ workload: 'ReplicaSet/web-1' }]);
    });
  });

  const losses: [name: string, facts: Partial<FakeClusterFacts>, type: string][] = [
    ['uncordoned', { nodes: [heldNode({ unschedulable: false })] }, 'CordonLost'],
    ['without the lock', { nodes: [heldNode({ annotations: {} })] }, 'LockLost'],
    ['gone', { nodes: [] }, 'NodeChanged'],
  ];
  it.each(losses)('a node that is %s is not read', async (_name, facts, type) => {
    await expect(read(facts)).rejects.toMatchObject({ type, retryable: false });
  });
});

describe('readDrainState, beside what coordinators follow', () => {
  const readBeside = async (
    cluster: FakeCluster,
    followed: { readonly node?: NodeFacts; readonly budgets?: BudgetIndex },
  ): Promise<DrainState> => {
    const clusters = { findNode: () => followed.node, awaitBudgets: () => Promise.resolve(followed.budgets) };
    return await readDrainState(activityDependencies(cluster), clusters)(
      taskContext(),
      decommissionRequest(),
      nodeTarget(),
    );
  };
  const inCluster = (facts: Partial<FakeClusterFacts> = {}): FakeCluster =>
    new FakeCluster({ nodes: [heldNode()], workloads: WORKLOADS, pods: [pod()], ...facts });

  it('does not read a Node that is seen to be the task’s', async () => {
    const cluster = inCluster();
    await readBeside(cluster, { node: heldNode() });
    expect(cluster.argsOf('readNode')).toEqual([]);
  });

  it('reads the Node before it believes that it is lost', async () => {
    const cluster = inCluster();
    await readBeside(cluster, { node: heldNode({ unschedulable: false }) });
    expect(cluster.argsOf('readNode')).toHaveLength(1);
  });

  it.each<[name: string, budgets: BudgetIndex | undefined, expected: object]>([
    ['covered', new BudgetIndex([budget({ name: 'own' })]), { isCovered: true }],
    ['not covered', new BudgetIndex(), {}],
    ['unknown', undefined, {}],
  ])('the pods are %s', async (_name, budgets, expected) => {
    const { isCovered } = await readBeside(inCluster(), budgets === undefined ? {} : { budgets });
    expect(isCovered === undefined ? {} : { isCovered }).toEqual(expected);
  });

  it('owners that were read a moment ago are read again only before a refusal', async () => {
    const cluster = inCluster();
    await readBeside(cluster, {});
    const count = cluster.argsOf('readWorkload').length;
    await readBeside(cluster, {});
    expect(cluster.argsOf('readWorkload')).toHaveLength(count);
    cluster.workloads = [workload({ replicas: 1 }), replicaSet()];
    await readWorkloadIndex(cluster, [pod()]);
    cluster.workloads = [workload(), replicaSet()];
    await expect(readBeside(cluster, {})).resolves.toMatchObject({ refusals: [] });
  });
});
