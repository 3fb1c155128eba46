import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { protectWorkloads, type Protection } from '../../../src/activities/budgets/protect-workloads.ts';
import type { DisruptionBudgetFacts } from '../../../src/domain/cluster/facts.ts';
import { toBudgetSpecHash } from '../../../src/domain/budgets/release.ts';
import { BUDGET_SPEC_HASH_ANNOTATION, MANAGED_BY_LABEL } from '../../../src/domain/cluster/annotations.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { budget } from '../../builders/budget.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { owner, pod } from '../../builders/pod.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { replicaSet, workload } from '../../builders/workload.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';

const WEB = { pods: [pod()], workloads: [workload(), replicaSet()] };
const MARK = { NodeDrainTask42: 'processing' };

const protect = (cluster: FakeCluster): Promise<Protection> => {
  const activity = protectWorkloads(activityDependencies(cluster));
  const ended = runActivity(activity, [taskContext(), decommissionRequest(), ['node-1']]);
  ended.catch(() => undefined);
  return ended;
};

const clusterOf = (facts: Partial<FakeClusterFacts> = {}): FakeCluster => new FakeCluster({ ...WEB, ...facts });
const webBudget = (cluster: FakeCluster) => cluster.budgets.find('web-pdb', 'default');

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('protectWorkloads', () => {
  it('creates a missing budget with label, task annotation and the hash of its spec', async () => {
    const cluster = clusterOf();
    const { created, plans } = await protect(cluster);
    expect(created).toEqual([{ namespace: 'default', name: 'web-pdb', uid: 'uid-created-1' }]);
    expect(plans).toMatchObject([
      { action: 'create', name: 'web-pdb', workload: 'Deployment/web', maxUnavailable: '25%' },
    ]);
    expect(webBudget(cluster)).toMatchObject({
      labels: { [MANAGED_BY_LABEL]: 'node-decommission' },
      annotations: { ...MARK, [BUDGET_SPEC_HASH_ANNOTATION]: toBudgetSpecHash(webBudget(cluster)!) },
      maxUnavailable: '25%',
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  it('reads the pods of many nodes with one LIST', async () => {
    const cluster = clusterOf();
    const nodeNames = Array.from({ length: 51 }, (_, index) => `node-${index}`);
    const activity = protectWorkloads(activityDependencies(cluster));
    const { plans } = await runActivity(activity, [taskContext(), decommissionRequest(), nodeNames]);
    expect(plans).toMatchObject([{ action: 'create', workload: 'Deployment/web' }]);
    expect(cluster.argsOf('readPods')).toEqual([[{}]]);
  });

  it('reads the pods that the workloads of one node select, not those of their namespace', async () => {
    const cluster = clusterOf();
    await protect(cluster);
    expect(cluster.argsOf('readPods')).toEqual([
      [{ nodeName: 'node-1' }],
      [{ namespace: 'default', selector: workload().selector }],
    ]);
  });

  it('reads those of the namespace where a workload has no selector', async () => {
    const { selector: _selector, ...withoutSelector } = workload();
    const cluster = clusterOf({ workloads: [withoutSelector, replicaSet()] });
    await protect(cluster);
    expect(cluster.argsOf('readPods')).toEqual([[{ nodeName: 'node-1' }], [{ namespace: 'default' }]]);
  });

  it('reads no others for a request that lists no workload', async () => {
    const cluster = clusterOf();
    const activity = protectWorkloads(activityDependencies(cluster));
    const request = decommissionRequest({ replicaSets: [] });
    const { plans } = await runActivity(activity, [taskContext(), request, ['node-1']]);
    expect(plans).toMatchObject([{ action: 'none', reason: "it is not in the request's lists of workloads" }]);
    expect(cluster.argsOf('readPods')).toEqual([[{ nodeName: 'node-1' }]]);
  });

  it.each(['NamespaceTerminating', 'NotFound'] as const)(
    'creates nothing in a namespace that is being deleted (%s)',
    async (reason) => {
      const cluster = clusterOf();
      cluster.fail('createBudget', new ClusterFailure(reason, 'no'));
      expect(await protect(cluster)).toMatchObject({
        created: [],
        plans: [{ action: 'none', name: 'web-pdb', reason: 'its namespace is being deleted, and its pods with it' }],
      });
    },
  );

  it('a ReplicaSet whose owner may not be read gets a budget of its own', async () => {
    const rollout = owner('argoproj.io/v1alpha1', 'Rollout', 'web');
    const cluster = clusterOf({ workloads: [replicaSet({ controller: rollout })] });
    cluster.forbidden = ['Rollout'];
    const { plans } = await protect(cluster);
    expect(plans).toMatchObject([{ action: 'create', name: 'web-1-pdb', workload: 'ReplicaSet/web-1' }]);
  });

  it('finds it the second time and writes nothing', async () => {
    const cluster = clusterOf();
    const first = await protect(cluster);
    const second = await protect(cluster);
    expect(second.created).toEqual(first.created);
    expect(cluster.argsOf('createBudget')).toHaveLength(1);
    expect(cluster.argsOf('annotateBudget')).toHaveLength(0);
  });

  it('annotates an existing budget under the name, and does not report it as created', async () => {
    const cluster = clusterOf({ budgets: [budget({ annotations: { theirs: 'yes' } })] });
    const { created, plans } = await protect(cluster);
    expect(created).toEqual([]);
    expect(plans).toMatchObject([{ action: 'annotate' }]);
    expect(webBudget(cluster)?.annotations).toEqual({ theirs: 'yes', ...MARK });
  });

  it('a workload that another budget covers needs nothing', async () => {
    const cluster = clusterOf({ budgets: [budget({ name: 'theirs' })] });
    await expect(protect(cluster)).resolves.toMatchObject({ created: [], plans: [{ action: 'none' }] });
    expect(cluster.calls.some(({ call }) => call === 'createBudget' || call === 'annotateBudget')).toBe(false);
  });

  it('counts a name that an earlier call of this task has taken as created', async () => {
    const cluster = clusterOf();
    cluster.before('createBudget', () =>
      cluster.budgets.store(budget({ labels: { [MANAGED_BY_LABEL]: 'node-decommission' }, annotations: MARK })),
    );
    await expect(protect(cluster)).resolves.toMatchObject({ created: [{ uid: 'uid-web-pdb' }] });
  });

  const races: [name: string, facts: Partial<FakeClusterFacts>, race: (cluster: FakeCluster) => void][] = [
    [
      'another client takes the name',
      {},
      (cluster) => {
        cluster.before('createBudget', () => cluster.budgets.store(budget()));
      },
    ],
    [
      'the budget to annotate is deleted',
      { budgets: [budget()] },
      (cluster) => {
        cluster.before('readBudget', () => {
          cluster.budgets.drop('web-pdb', 'default');
        });
      },
    ],
    [
      'the budget to annotate is recreated',
      { budgets: [budget()] },
      (cluster) => {
        cluster.before('readBudget', () => cluster.budgets.store(budget({ uid: 'uid-new' })));
      },
    ],
  ];
  it.each(races)('%s during the call: a retryable failure, and the retry decides again', async (_name, facts, race) => {
    const cluster = clusterOf(facts);
    race(cluster);
    await expect(protect(cluster)).rejects.toMatchObject({ type: 'ClusterUnavailable', retryable: true });
    await protect(cluster);
    expect(webBudget(cluster)?.annotations).toMatchObject(MARK);
  });

  it('the retry finds a budget whose creation response was lost', async () => {
    const cluster = clusterOf();
    cluster.loseAnswer('createBudget');
    await expect(protect(cluster)).rejects.toMatchObject({ reason: 'Unreachable' });
    await expect(protect(cluster)).resolves.toMatchObject({ created: [{ uid: 'uid-created-1' }] });
  });

  it('waits until the disruption controller has processed it', async () => {
    const cluster = clusterOf();
    cluster.observesBudgets = false;
    const ended = protect(cluster);
    await jest.advanceTimersByTimeAsync(59_000);
    cluster.budgets.store({ ...webBudget(cluster)!, observedGeneration: 1 });
    await jest.advanceTimersByTimeAsync(250);
    await expect(ended).resolves.toMatchObject({ created: [{ name: 'web-pdb' }] });
  });

  const unobserved: [name: string, change: Partial<DisruptionBudgetFacts>, names: string][] = [
    ['is not processed', {}, 'default/web-pdb within 60 s'],
    ['cannot be counted', { syncFailure: 'no scale' }, 'default/web-pdb (no scale) within 60 s'],
  ];
  it.each(unobserved)('a budget that %s by the deadline: BudgetNotObserved', async (_name, change, names) => {
    const cluster = clusterOf();
    cluster.observesBudgets = false;
    const ended = protect(cluster);
    await jest.advanceTimersByTimeAsync(1000);
    cluster.budgets.store({ ...webBudget(cluster)!, ...change });
    await jest.advanceTimersByTimeAsync(59_000);
    await expect(ended).rejects.toMatchObject({
      type: 'BudgetNotObserved',
      retryable: false,
      message: expect.stringContaining(names),
    });
  });

  it.each([
    ['was recreated', { uid: 'uid-new' }, 'NodeChanged'],
    ['was uncordoned', { unschedulable: false }, 'CordonLost'],
    ['is not locked any more', { annotations: {} }, 'LockLost'],
  ])('creates nothing for a late pod on a node that %s', async (_name, change, type) => {
    const cluster = clusterOf({ nodes: [heldNode(change)] });
    const activity = protectWorkloads(activityDependencies(cluster));
    const ended = runActivity(activity, [taskContext(), decommissionRequest(), ['node-1'], nodeTarget()]);
    await expect(ended).rejects.toMatchObject({ type });
    expect(webBudget(cluster)).toBeUndefined();
  });

  it('creates the budget of a late pod on its own node', async () => {
    const cluster = clusterOf({ nodes: [heldNode()] });
    const activity = protectWorkloads(activityDependencies(cluster));
    await runActivity(activity, [taskContext(), decommissionRequest(), ['node-1'], nodeTarget()]);
    expect(webBudget(cluster)).toBeDefined();
  });
});
