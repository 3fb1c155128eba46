import { describe, expect, it } from '@jest/globals';
import type { DisruptionBudgetFacts, PodFacts, WorkloadFacts } from '../../../src/domain/cluster/facts.ts';
import { planBudgets, type BudgetFacts } from '../../../src/domain/budgets/plan-budgets.ts';
import { budget } from '../../builders/budget.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { countlessWorkload, replicaSet, selector, workload, workloadIndex } from '../../builders/workload.ts';

const deployment = workload({ replicas: 10 });
const webIndex = workloadIndex(replicaSet(), replicaSet({ name: 'web-2', replicas: 1 }), deployment);
const newPod = pod({ name: 'web-2-a', controller: owner('apps/v1', 'ReplicaSet', 'web-2') });
const elsewhere = pod({ name: 'web-2-b', nodeName: 'node-2', controller: owner('apps/v1', 'ReplicaSet', 'web-2') });
const foreignPod = pod({ name: 'canary-a', nodeName: 'node-2', controller: owner('apps/v1', 'ReplicaSet', 'canary') });

const db = workload({ kind: 'StatefulSet', name: 'db', replicas: 5, selector: selector({ app: 'db' }) });
const dbPod = pod({ name: 'db-0', labels: { app: 'db' }, controller: owner('apps/v1', 'StatefulSet', 'db') });

const plan = (pods: readonly PodFacts[], overrides: Partial<BudgetFacts> = {}): ReturnType<typeof planBudgets> =>
  planBudgets({
    nodePods: pods.filter(({ nodeName }) => nodeName === 'node-1'),
    namespacePods: { default: pods },
    index: { ...webIndex, ...workloadIndex(db) },
    budgets: [],
    request: decommissionRequest(),
    taskId: '42',
    ...overrides,
  });

const asMade = { action: 'create', namespace: 'default', name: 'web-pdb', workload: 'Deployment/web' } as const;

describe('planBudgets', () => {
  it('creates one budget for a Deployment during a rollout, with its selector', () => {
    expect(plan([pod(), newPod, elsewhere])).toEqual([
      {
        ...asMade,
        selector: selector({ app: 'web' }),
        maxUnavailable: '25%',
        reason: 'it has no budget; 3 of 10 replicas may be unavailable at once',
      },
    ]);
  });

  it.each<[string, WorkloadFacts, BudgetFacts['request'], number | string]>([
    ['a Deployment gets the percentage', deployment, decommissionRequest(), '25%'],
    ['a StatefulSet gets 1', db, decommissionRequest(), 1],
    [
      'unless the caller set a value',
      db,
      decommissionRequest({ maxUnavailable: '50%', maxUnavailableGiven: true }),
      '50%',
    ],
    ['a count stays a count', deployment, decommissionRequest({ maxUnavailable: 2, maxUnavailableGiven: true }), 2],
  ])('%s', (_name, { kind }, request, expected) => {
    expect(plan([kind === 'StatefulSet' ? dbPod : pod()], { request })).toMatchObject([{ maxUnavailable: expected }]);
  });

  it.each<[string, PodFacts, WorkloadFacts]>([
    [
      'a DaemonSet',
      pod({ controller: owner('apps/v1', 'DaemonSet', 'ds') }),
      countlessWorkload('apps/v1', 'DaemonSet', 'ds'),
    ],
    ['a Job', pod({ controller: owner('batch/v1', 'Job', 'job') }), countlessWorkload('batch/v1', 'Job', 'job')],
    ['a bare pod', barePod(), deployment],
    ['a finished pod', pod({ phase: 'Failed' }), deployment],
  ])('returns no decision for %s', (_name, given, owning) => {
    expect(plan([given], { index: { ...webIndex, ...workloadIndex(owning) } })).toEqual([]);
  });

  it.each<[string, Partial<WorkloadFacts>, string]>([
    [
      'one replica',
      { replicas: 1 },
      'it has at most one replica: a budget would protect nothing or block evictions forever',
    ],
  ])('creates none for %s', (_name, overrides, reason) => {
    const index = workloadIndex(replicaSet(), workload(overrides));

    expect(plan([pod()], { index })).toEqual([
      { action: 'none', namespace: 'default', name: '', workload: 'Deployment/web', reason },
    ]);
  });

  it('creates none for an empty selector, and reports the workload', () => {
    const index = workloadIndex(replicaSet(), workload({ selector: selector({}) }));

    expect(plan([pod()], { index })).toMatchObject([
      {
        action: 'none',
        code: 'WorkloadUnprotected',
        reason: 'its selector is empty: it selects the whole namespace',
      },
    ]);
  });

  it('reports an owner without a replica count once, with a pod that no budget covers', () => {
    const kafka = owner('kafka.example.com/v1', 'Kafka', 'events');
    const pods = ['a', 'b', 'c'].map((name) => pod({ name, labels: { app: 'kafka', name }, controller: kafka }));
    const index = workloadIndex(countlessWorkload('kafka.example.com/v1', 'Kafka', 'events'));
    const covering = (labels: Record<string, string>): object => ({
      budgets: [budget({ selector: selector(labels) })],
    });

    expect(plan(pods, { index, ...covering({ name: 'a' }) })).toMatchObject([
      {
        action: 'none',
        workload: 'Kafka/events',
        code: 'WorkloadUnprotected',
        reason: 'its number of replicas is unknown, and no budget covers pod default/b: ask its owner for one',
      },
    ]);
    expect(plan(pods, { index, ...covering({ app: 'kafka' }) })).toEqual([]);
    expect(plan(pods, { index, request: decommissionRequest({ replicaSets: [] }) })).toEqual([]);
  });

  it('creates none for a workload whose selector is unknown', () => {
    const operated = pod({ controller: owner('db.example.com/v1', 'Database', 'db') });
    const database: WorkloadFacts = {
      apiVersion: 'db.example.com/v1',
      kind: 'Database',
      namespace: 'default',
      name: 'db',
      uid: 'uid-Database-db',
      replicas: 3,
    };

    expect(plan([operated], { index: workloadIndex(database) })).toMatchObject([
      { action: 'none', code: 'WorkloadUnprotected', reason: 'its selector is unknown: ask its owner for a budget' },
    ]);
  });
});

describe("planBudgets with the request's lists", () => {
  const web = { namespace: 'default', name: 'web' };

  it.each<[string, Partial<BudgetFacts['request']>, readonly string[]]>([
    ['no list means every workload', {}, ['create db-pdb', 'create web-pdb']],
    ['the Deployment by its name', { replicaSets: [web] }, ['none ', 'create web-pdb']],
    ['the Deployment by its ReplicaSet', { replicaSets: [{ ...web, name: 'web-1' }] }, ['none ', 'create web-pdb']],
    ['the StatefulSet alone', { statefulSets: [{ ...web, name: 'db' }] }, ['create db-pdb', 'none ']],
    ['a list of another kind does not contain the Deployment', { cloneSets: [web] }, ['none ', 'none ']],
    ['another namespace does not match it', { replicaSets: [{ ...web, namespace: 'other' }] }, ['none ', 'none ']],
    ['an empty list contains no workload', { replicaSets: [] }, ['none ', 'none ']],
  ])('%s', (_name, lists, expected) => {
    const decisions = plan([pod(), dbPod], { request: decommissionRequest(lists) });

    expect(decisions.map(({ action, name }) => `${action} ${name}`)).toEqual(expected);
  });
});

describe('planBudgets with budgets that exist', () => {
  const other = selector({ app: 'other' });
  const ours = { labels: { 'app.kubernetes.io/managed-by': 'node-decommission' } };

  it.each<[string, readonly DisruptionBudgetFacts[], object]>([
    [
      "a user's budget is sufficient",
      [budget({ name: 'mine' })],
      { action: 'none', name: '', reason: 'it is already covered by default/mine' },
    ],
    [
      'one with the generated name and the same selector is annotated',
      [budget()],
      { action: 'annotate', name: 'web-pdb', uid: 'uid-web-pdb', resourceVersion: '1' },
    ],
    [
      'one with the generated name and a wider selector is left unchanged',
      [budget({ selector: selector({}) })],
      { action: 'none', reason: 'it is already covered by default/web-pdb' },
    ],
    [
      'one of another task is shared',
      [budget({ name: 'web-deployment-pdb', ...ours, annotations: { NodeDrainTask7: 'processing' } })],
      { action: 'annotate', name: 'web-deployment-pdb' },
    ],
    [
      'one that the task annotated earlier is kept',
      [budget({ name: 'mine', annotations: { NodeDrainTask42: 'processing' } })],
      { action: 'annotate', name: 'mine' },
    ],
    ['one that is being deleted is not relied on', [budget({ deleting: true })], { action: 'none' }],
    [
      'two are left to their owners',
      [budget(), budget({ name: 'mine' })],
      { action: 'none', reason: 'it is already covered by default/mine and default/web-pdb' },
    ],
    [
      'a name that is used for other pods gets the kind',
      [budget({ selector: other })],
      { action: 'create', name: 'web-deployment-pdb' },
    ],
    [
      'none is created when both names are used',
      [budget({ selector: other }), budget({ name: 'web-deployment-pdb', selector: other })],
      { action: 'none', reason: 'the names web-pdb and web-deployment-pdb are used by budgets that select other pods' },
    ],
    [
      'a budget of another namespace does not matter',
      [budget({ namespace: 'other' })],
      { action: 'create', name: 'web-pdb' },
    ],
  ])('%s', (_name, budgets, expected) => {
    expect(plan([pod()], { budgets })).toMatchObject([expected]);
  });

  it('reports pods that no budget covers although one covers others of the workload', () => {
    const given = [pod(), pod({ ...elsewhere, labels: { app: 'web', track: 'b' } })];
    const budgets = [budget({ name: 'track-b', selector: selector({ track: 'b' }) })];

    expect(plan(given, { budgets })).toMatchObject([
      {
        action: 'none',
        code: 'WorkloadUnprotected',
        reason:
          'default/track-b covers only some of its pods, not default/web-1-a, and a second budget on a pod would block its eviction: ask the owner to extend it',
      },
    ]);
    expect(plan(given, { budgets, nodePods: given.slice(1) })).toMatchObject([
      { action: 'none', reason: 'it is already covered by default/track-b' },
    ]);
  });
});

describe('planBudgets with overlapping selectors', () => {
  it.each<[string, PodFacts, string]>([
    ["another owner's pod", foreignPod, 'its selector also matches pod default/canary-a of ReplicaSet/canary'],
    [
      'a bare pod',
      barePod({ name: 'debug', nodeName: 'node-2', labels: { app: 'web' } }),
      'its selector also matches pod default/debug of no workload',
    ],
  ])('creates none that would select %s', (_name, given, reason) => {
    expect(plan([pod(), given])).toMatchObject([{ action: 'none', code: 'BudgetWouldOverlap', reason }]);
  });

  it('creates budgets with two names for two workloads with the same name', () => {
    const web = workload({ kind: 'StatefulSet', selector: selector({ app: 'db' }) });
    const pods = [pod(), pod({ ...dbPod, controller: owner('apps/v1', 'StatefulSet', 'web') })];

    expect(
      plan(pods, { index: { ...webIndex, ...workloadIndex(web) } }).map(({ workload: label, name }) => [label, name]),
    ).toEqual([
      ['Deployment/web', 'web-pdb'],
      ['StatefulSet/web', 'web-statefulset-pdb'],
    ]);
  });
});
