import { describe, expect, it } from '@jest/globals';
import type { ActivityDependencies } from '../../../src/activities/support/activity-dependencies.ts';
import { planTask } from '../../../src/activities/plan/plan-task.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { LOCK_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import type { DecommissionPlan, FindingCode } from '../../../src/domain/plan/decommission-plan.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { HostFailure } from '../../../src/ports/host-failure.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { clusterAddress } from '../../builders/cluster-address.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { replicaSet, workload } from '../../builders/workload.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import type { FakeClusterFacts } from '../../fakes/fake-cluster-facts.ts';
import { FakeScheduler } from '../../fakes/fake-scheduler.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

const clusterOf = (facts: Partial<FakeClusterFacts> = {}): FakeCluster =>
  new FakeCluster({
    nodes: [node(), node({ name: 'node-2' })],
    pods: [pod()],
    workloads: [workload(), replicaSet()],
    ...facts,
  });

const plan = (
  cluster: FakeCluster,
  request: Partial<DecommissionRequest> = {},
  dependencies: Partial<ActivityDependencies> = {},
): Promise<DecommissionPlan> =>
  runActivity(planTask(activityDependencies(cluster, dependencies)), [taskContext(), decommissionRequest(request)]);

const refusals = ({ findings }: DecommissionPlan): readonly FindingCode[] =>
  findings.filter(({ severity }) => severity === 'refusal').map(({ code }) => code);

describe('planTask', () => {
  it('M1: plans, and changes nothing: the deletion is a dry run', async () => {
    const cluster = clusterOf();
    await expect(plan(cluster)).resolves.toMatchObject({ verdict: 'Go', nodes: [{ nodeName: 'node-1' }] });
    expect(cluster.argsOf('deleteNode')).toEqual([[{ name: 'node-1', uid: 'uid-node-1' }, { dryRun: true }]]);
    expect(cluster.calls.some(({ call }) => /^(patch|create|annotate|evict|deleteBudget)/.test(call))).toBe(false);
  });

  it('tries where the pods of the node could be placed', async () => {
    const found = await plan(clusterOf());
    expect(found.nodes[0]?.pods[0]?.placement).toEqual({
      verdict: 'fits',
      nodeName: 'node-2',
      message: 'node-2 has room',
    });
    const full = clusterOf({ nodes: [node(), node({ name: 'node-2', allocatable: { cpu: 50 } })] });
    expect(refusals(await plan(full))).toEqual(['PodDoesNotFit']);
  });

  it('with preflight: skip, reads nothing for the scheduler and does not start it', async () => {
    const cluster = clusterOf();
    const scheduler = new FakeScheduler();
    const found = await plan(cluster, { preflight: 'skip' }, { scheduler });
    expect(found.nodes[0]?.pods[0]).not.toHaveProperty('placement');
    expect([cluster.argsOf('readSnapshot'), cluster.argsOf('readPods')]).toEqual([[], [[{}]]]);
    expect([scheduler.preparedCount, scheduler.opened]).toEqual([0, []]);
  });

  it('lists each pod once, for the checks and for the scheduler', async () => {
    const cluster = clusterOf();
    await plan(cluster);
    expect([cluster.argsOf('readSnapshot'), cluster.argsOf('readPods')]).toEqual([[[]], []]);
  });

  it('plans without the rights that only the scheduler needs, and names them', async () => {
    const cluster = clusterOf();
    cluster.forbiddenKinds = ['CSINode'];
    const { verdict, findings } = await plan(cluster);
    expect(verdict).toBe('Go');
    expect(findings.filter(({ code }) => code === 'NotChecked').map(({ message }) => message)).toEqual([
      'not checked: where pods can run that depend on a CSINode (the permission to list csinodes.storage.k8s.io is missing).',
    ]);
  });

  it('plans without the right to list Services, and names it', async () => {
    const cluster = clusterOf();
    cluster.services = undefined;
    const { verdict, findings } = await plan(cluster);
    expect([verdict, findings.filter(({ code }) => code === 'NotChecked').map(({ message }) => message)]).toEqual([
      'Go',
      [
        'not checked: which Services lose their last pod, and whether Temporal runs on one of the nodes (the permission to list services is missing).',
      ],
    ]);
  });

  it('finds the Temporal that the worker is connected to', async () => {
    const directory = new FakeWorkflowDirectory();
    directory.server = { address: 'temporal:7233', addresses: ['10.1.0.7'] };
    const cluster = clusterOf({ pods: [pod({ ips: ['10.1.0.7'] })] });
    cluster.inCluster = true;
    expect(refusals(await plan(cluster, {}, { directory }))).toContain('OwnTemporalOnNode');
    directory.server = undefined;
    expect((await plan(clusterOf(), {}, { directory })).findings).toContainEqual(
      expect.objectContaining({ code: 'NotChecked', message: expect.stringContaining('Temporal') as unknown }),
    );
  });

  it('records the address of the cluster', async () => {
    await expect(plan(clusterOf())).resolves.toMatchObject({ clusterAddress: clusterAddress() });
  });

  it('checks the host of each requested node, unless hosts are skipped', async () => {
    const hosts = new FakeHosts();
    hosts.failures.readIdentity = new HostFailure('Unreachable', 'no response.');
    const nodeNames = ['node-1', 'node-2'];
    const nodes = [...nodeNames, 'node-3'].map((name) => node({ name }));
    const { findings } = await plan(clusterOf({ nodes }), { nodeNames, hostCleanup: 'required' }, { hosts });
    const found = findings.filter(({ code }) => code === 'HostUnreachable').map(({ nodeName }) => nodeName);
    expect([hosts.closedCount, found]).toEqual([2, nodeNames]);
    await plan(clusterOf({ nodes }), { nodeNames, hostCleanup: 'skip' }, { hosts });
    expect(hosts.connections).toHaveLength(2);
  });

  it('with deleteNode: false no deletion is tried', async () => {
    const cluster = clusterOf();
    await plan(cluster, { deleteNode: false });
    expect(cluster.argsOf('deleteNode')).toEqual([]);
  });

  it('refuses another cluster: nothing was changed yet', async () => {
    const cluster = clusterOf();
    cluster.identity = { kubeSystemUid: 'uid-other', caHashes: ['ca'] };
    await expect(plan(cluster)).rejects.toMatchObject({ type: 'ClusterMismatch', retryable: false });
  });

  it('a refused dry run is a finding', async () => {
    const cluster = clusterOf();
    cluster.fail('deleteNode', new ClusterFailure('Denied', 'a webhook denied it', 403));
    expect(refusals(await plan(cluster))).toContain('NodeDeletionDenied');
  });

  it('a dry run without a response is retryable', async () => {
    const cluster = clusterOf();
    cluster.fail('deleteNode', new ClusterFailure('Unreachable', 'no response'));
    await expect(plan(cluster)).rejects.toMatchObject({ reason: 'Unreachable' });
  });

  it('missing rights are a finding', async () => {
    const cluster = clusterOf();
    cluster.missingRights = [{ verb: 'create', group: '', resource: 'pods', subresource: 'eviction' }];
    expect(refusals(await plan(cluster))).toContain('MissingRights');
  });

  it('the worker’s own pod on the node is a finding', async () => {
    const found = await plan(clusterOf(), {}, { ownPod: { namespace: 'default', name: 'web-1-a' } });
    expect(refusals(found)).toContain('OwnWorkerOnNode');
  });

  const workers: [name: string, inCluster: boolean, ownPod: ActivityDependencies['ownPod'], warnings: number][] = [
    ['in the cluster without the name of its pod: a warning', true, undefined, 1],
    ['in the cluster with it', true, { namespace: 'tools', name: 'worker-1' }, 0],
    ['outside', false, undefined, 0],
  ];
  it.each(workers)('a worker %s', async (_name, inCluster, ownPod, warnings) => {
    const cluster = clusterOf();
    cluster.inCluster = inCluster;
    const { findings, verdict } = await plan(cluster, {}, ownPod ? { ownPod } : {});
    expect(findings.filter(({ code }) => code === 'NotChecked')).toHaveLength(warnings);
    expect(verdict).toBe('Go');
  });

  it('a missing node is a finding', async () => {
    expect(refusals(await plan(clusterOf(), { nodeNames: ['node-9'] }))).toContain('NodeNotFound');
  });

  const locks: [name: string, text: string, state: 'open' | 'closed' | 'unknown', isRefused: boolean][] = [
    ['the task’s own lock', toLockText(lockHolder()), 'open', false],
    ['the lock of a running workflow', toLockText(lockHolder({ workflowId: 'theirs' })), 'open', true],
    ['the lock of a workflow of unknown state', toLockText(lockHolder({ workflowId: 'theirs' })), 'unknown', true],
    ['the lock of a closed workflow', toLockText(lockHolder({ workflowId: 'theirs' })), 'closed', false],
    ['an unreadable lock', 'mine!', 'closed', true],
  ];
  it.each(locks)('%s', async (_name, text, state, isRefused) => {
    const directory = new FakeWorkflowDirectory();
    directory.holderStates.set('theirs', state);
    const nodes = [node({ annotations: { [LOCK_ANNOTATION]: text } }), node({ name: 'node-2' })];
    const found = await plan(clusterOf({ nodes }), {}, { directory });
    expect(refusals(found).includes('NodeLocked')).toBe(isRefused);
  });
});
