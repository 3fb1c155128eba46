import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { planTask } from '../../src/activities/plan/plan-task.ts';
import { RIGHTS_TO_TRY_REPLACEMENTS } from '../../src/domain/cluster/rights.ts';
import type { DecommissionPlan } from '../../src/domain/plan/decommission-plan.ts';
import { createKubeCluster } from '../../src/kube/kube-cluster.ts';
import { createScheduler } from '../../src/worker/create-scheduler.ts';
import { activityDependencies } from '../builders/activity-dependencies.ts';
import { decommissionRequest } from '../builders/decommission-request.ts';
import { runActivity } from '../builders/run-activity.ts';
import { taskContext } from '../builders/task-context.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../fakes/fake-workflow-directory.ts';
import { bindRole } from './harness/bind-role.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import { buildHurtCluster, NODES, TEMPORAL_ADDRESS } from './harness/hurt-cluster.ts';
import { readSnapshot } from './harness/snapshot.ts';

/** One cluster with every way in which pods are lost or budgets block, and one plan that finds them all before anything is changed. */
describe('what is lost or blocked', () => {
  let harness: Harness;
  let plan: DecommissionPlan;
  let before: unknown;
  let after: unknown;

  beforeAll(async () => {
    harness = await startHarness();
    const { stack } = harness;
    await buildHurtCluster(stack);
    await bindRole(stack, 'node-decommission-try-replacements');
    before = await readSnapshot(stack);
    plan = await makePlan();
    after = await readSnapshot(stack);
  });

  afterAll(async () => {
    await harness.stop();
  });

  const makePlan = async (): Promise<DecommissionPlan> => {
    const path = await harness.stack.serviceAccountKubeconfig('node-decommission', 'node-decommission');
    const settings = { requestTimeoutSeconds: 10, userAgent: 'node-decommission/test' };
    const cluster = createKubeCluster('default', { kind: 'kubeconfig', path }, settings);
    expect(await cluster.readMissingRights(RIGHTS_TO_TRY_REPLACEMENTS)).toEqual([]);
    const directory = new FakeWorkflowDirectory();
    directory.server = { address: 'temporal.example:7233', addresses: [TEMPORAL_ADDRESS] };
    const dependencies = {
      ...activityDependencies(new FakeCluster(), { directory }),
      clusters: new Map([[cluster.name, cluster]]),
      scheduler: createScheduler(),
    };
    const context = taskContext({ clusterIdentity: await cluster.readIdentity() });
    const request = decommissionRequest({
      nodeNames: NODES,
      hostCleanup: 'skip',
      force: true,
      singleReplica: 'evict',
    });
    return await runActivity(planTask(dependencies), [context, request]);
  };

  const messagesOf = (code: string, subject: string): readonly string[] =>
    plan.findings
      .filter((finding) => finding.code === code && finding.subject === subject)
      .map(({ message }) => message);

  it.each([
    ['maxUnavailable: 0', 'shop/frozen', ['waiting cannot help', 'set its maxUnavailable (0) to 1']],
    [
      'minAvailable = replicas',
      'shop/full',
      ['2 of 2 pods are healthy, and it requires 2', 'scale its workload to more than 2 replicas'],
    ],
    [
      'a crash loop under the default policy',
      'shop/crashing',
      [
        '2 cannot start (CrashLoopBackOff)',
        'unhealthyPodEvictionPolicy is IfHealthyBudget',
        'set its unhealthyPodEvictionPolicy to AlwaysAllow',
      ],
    ],
    [
      'pods that cannot be counted',
      'shop/uncounted',
      ['the disruption controller cannot count its pods (', 'set a minAvailable that is a number'],
    ],
    [
      'two nodes that wait for each other',
      'shop/pair',
      ['allows 1 eviction now, and the nodes need 2: 2 replacements would find no node', 'add a suitable node first'],
    ],
  ])('refuses a budget that never allows enough: %s', (_name, subject, texts) => {
    const [message = ''] = messagesOf('BudgetNeverAllows', subject);
    for (const text of texts) expect(message).toContain(text);
    expect(message).toContain('to proceed anyway, set preflight: warn');
  });

  it.each([
    [
      'pods that are not Ready, under the default policy',
      'shop/unready',
      'unhealthyPodEvictionPolicy is IfHealthyBudget',
    ],
    ['a budget that the run would create', 'shop/ours-pdb', 'which this run would create, allows 0 evictions now'],
  ])('warns of a budget that makes the run wait: %s', (_name, subject, text) => {
    expect(messagesOf('BudgetWaits', subject)).toEqual([expect.stringContaining(text)]);
  });

  it('refuses pods under two budgets', () => {
    const found = plan.findings.filter(({ code }) => code === 'MultipleBudgets');
    expect(found).toHaveLength(2);
    expect(found[0]?.message).toContain('shop/double, shop/double-too');
  });

  it('names the Service that loses its last ready pod, and none of which a budget keeps one', () => {
    const found = plan.findings.filter(({ code }) => code === 'LastEndpointOfService').map(({ subject }) => subject);
    expect(found).toEqual(['shop/alone', 'tools/temporal']);
  });

  it('refuses while the only Temporal that the worker uses is on the nodes', () => {
    expect(plan.findings.filter(({ code }) => code === 'OwnTemporalOnNode')).toEqual([
      expect.objectContaining({
        severity: 'refusal',
        message: expect.stringContaining('temporal.example:7233') as unknown,
      }),
    ]);
  });

  it.each([
    [
      'ReplacementOverQuota',
      'tight/Deployment/limited',
      'exceeded quota: limit, requested: pods=1, used: pods=1, limited: pods=1',
    ],
    ['ReplacementDenied', 'strict/Deployment/rooted', 'violates PodSecurity "restricted:latest"'],
    [
      'BudgetCreationDenied',
      'strict/rooted-pdb',
      'exceeded quota: limit, requested: count/poddisruptionbudgets.policy=1',
    ],
  ])('finds what the API server would refuse: %s', (code, subject, text) => {
    expect(messagesOf(code, subject)).toEqual([expect.stringContaining(text)]);
    expect(plan.findings.filter((finding) => finding.code === code)).toHaveLength(1);
  });

  it('refuses, and has changed nothing', () => {
    expect(plan.verdict).toBe('Refused');
    expect(after).toEqual(before);
    const requests = harness.stack
      .auditEvents()
      .filter(({ user, verb }) => user.username.endsWith(':node-decommission') && verb !== 'get' && verb !== 'list')
      .filter(({ objectRef }) => objectRef?.resource?.startsWith('selfsubject') !== true)
      .map(({ verb, objectRef, requestURI, requestObject }) => {
        const isDryRun = requestURI.includes('dryRun=All') || requestObject?.dryRun?.[0] === 'All';
        return `${verb} ${objectRef?.resource ?? ''}${isDryRun ? ' as a dry run' : ''}`;
      });
    expect([...new Set(requests)].sort()).toEqual([
      'create poddisruptionbudgets as a dry run',
      'create pods as a dry run',
      'delete nodes as a dry run',
    ]);
  });
});
