import { describe, expect, it } from '@jest/globals';
import { tryBudgets, tryReplacements } from '../../../src/activities/plan/try-admission.ts';
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../../src/domain/cluster/annotations.ts';
import { RIGHTS_TO_TRY_REPLACEMENTS } from '../../../src/domain/cluster/rights.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';
import { replicaSet, workload, workloadIndex } from '../../builders/workload.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

describe('tryReplacements', () => {
  it('tries one replacement of each workload that moves', async () => {
    const cluster = new FakeCluster();
    const denied = { kind: 'denied', message: 'no' } as const;
    cluster.answer('tryReplacement', denied);
    const pods = [pod(), pod({ name: 'web-1-b' }), barePod(), pod({ name: 'web-1-c', nodeName: 'node-2' })];
    const { replacementTrials, notChecked } = await tryReplacements(cluster, preflightFacts({ pods }));
    expect(replacementTrials).toMatchObject([{ pod: { name: 'web-1-a' }, workload: 'Deployment/web', answer: denied }]);
    expect([cluster.argsOf('tryReplacement').length, notChecked]).toEqual([1, []]);
  });

  it('tries none without the permission to create pods, and names it', async () => {
    const cluster = new FakeCluster();
    cluster.missingRights = RIGHTS_TO_TRY_REPLACEMENTS;
    const { replacementTrials, notChecked } = await tryReplacements(cluster, preflightFacts({ notChecked: ['a'] }));
    expect([replacementTrials, cluster.argsOf('tryReplacement')]).toEqual([[], []]);
    expect(notChecked).toEqual([
      'a',
      'whether quotas, policies and admission webhooks would refuse replacements (the permission to create pods is missing)',
    ]);
  });

  it('asks nothing when no pod moves', async () => {
    const cluster = new FakeCluster();
    await tryReplacements(cluster, preflightFacts({ pods: [] }));
    expect(cluster.calls).toEqual([]);
  });

  it('tries none after the time for all of them', async () => {
    const cluster = new FakeCluster();
    const { replacementTrials } = await tryReplacements(cluster, preflightFacts(), { maxSeconds: 0 });
    expect(replacementTrials).toMatchObject([{ answer: { kind: 'unknown', message: 'not tried within 0 seconds' } }]);
    expect(cluster.argsOf('tryReplacement')).toEqual([]);
  });

  it('ends when it is cancelled', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(tryReplacements(new FakeCluster(), preflightFacts(), { signal })).rejects.toThrow('cancelled');
  });

  it('tries 200 workloads and names the number of the others', async () => {
    const cluster = new FakeCluster();
    const names = [...Array(203).keys()].map((number) => `web-${number}`);
    const pods = names.map((name) => pod({ name, controller: owner('apps/v1', 'ReplicaSet', name) }));
    const workloads = workloadIndex(...names.map((name) => workload({ kind: 'ReplicaSet', name })));
    const { replacementTrials, notChecked } = await tryReplacements(cluster, preflightFacts({ pods, workloads }));
    expect([replacementTrials.length, notChecked]).toEqual([
      200,
      [expect.stringContaining('of 3 workloads beyond the first 200')],
    ]);
  });
});

describe('tryBudgets', () => {
  it('tries the budgets that the run would create, as it would create them', async () => {
    const cluster = new FakeCluster();
    const admitted = { kind: 'admitted' };
    await expect(tryBudgets(cluster, preflightFacts())).resolves.toEqual([
      { namespace: 'default', name: 'web-pdb', answer: admitted },
    ]);
    expect(cluster.argsOf('tryBudget')).toMatchObject([
      [{ name: 'web-pdb', maxUnavailable: '25%', labels: { [MANAGED_BY_LABEL]: MANAGED_BY } }],
    ]);
  });

  it('tries none for a workload that gets no budget', async () => {
    const cluster = new FakeCluster();
    const workloads = workloadIndex(replicaSet(), workload({ replicas: 1 }));
    await expect(tryBudgets(cluster, preflightFacts({ workloads }))).resolves.toEqual([]);
  });
});
