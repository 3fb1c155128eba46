import { describe, expect, it } from '@jest/globals';
import { checkPreflight } from '../../../src/domain/preflight/check-preflight.ts';
import type { PreflightFacts, SurgeFacts } from '../../../src/domain/preflight/facts.ts';
import { planDecommission } from '../../../src/domain/plan/plan-decommission.ts';
import { budget } from '../../builders/budget.ts';
import { deployment } from '../../builders/deployment.ts';
import { owner, pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';
import { replicaSet, workload, workloadIndex } from '../../builders/workload.ts';

const surgeFacts = (overrides: Partial<SurgeFacts> = {}): SurgeFacts => ({
  deployments: { 'uid-Deployment-web': deployment() },
  autoscalers: [],
  ...overrides,
});

const facts = (overrides: Partial<PreflightFacts> = {}, singleReplica: 'surge' | 'block' = 'surge'): PreflightFacts =>
  preflightFacts(
    {
      pods: [pod()],
      workloads: workloadIndex(replicaSet({ replicas: 1 }), workload({ replicas: 1 })),
      surge: surgeFacts(),
      ...overrides,
    },
    { singleReplica },
  );

const findingsOf = (given: PreflightFacts) =>
  checkPreflight(given).filter(({ code }) => ['SingleReplica', 'SurgeNotPossible', 'NotChecked'].includes(code));

const statefulSet = workload({ kind: 'StatefulSet', replicas: 1 });
const { controller: _owner, ...replicaSetAlone } = replicaSet({ replicas: 1 });

describe('checkSurges', () => {
  it('informs about a single replica that gets a second one first', () => {
    expect(findingsOf(facts())).toEqual([
      {
        code: 'SingleReplica',
        severity: 'info',
        subject: 'default/web-1-a',
        nodeName: 'node-1',
        message:
          'pod default/web-1-a: Deployment/web has a replica count of 1: this pod is removed once a second replica is available elsewhere.',
      },
    ]);
  });

  it('shows it in the plan, which has no refusal', () => {
    const plan = planDecommission(facts(), '2026-01-02T03:04:05.000Z');
    expect(plan.verdict).toBe('Go');
    expect(plan.nodes[0]?.pods).toMatchObject([{ disposition: 'evict', reason: 'a second replica first' }]);
  });

  it.each<[string, Partial<PreflightFacts>, string]>([
    [
      'a Deployment that cannot run twice',
      { surge: surgeFacts({ deployments: { 'uid-Deployment-web': deployment({ strategy: 'Recreate' }) } }) },
      'its strategy is Recreate',
    ],
    ['a Deployment that is gone', { surge: surgeFacts({ deployments: {} }) }, 'it no longer exists'],
    [
      'a StatefulSet',
      {
        pods: [pod({ controller: owner('apps/v1', 'StatefulSet', 'web') })],
        workloads: workloadIndex(statefulSet),
      },
      'each pod of a StatefulSet has its own name',
    ],
    [
      'a ReplicaSet alone',
      { workloads: workloadIndex(replicaSetAlone) },
      'it is a ReplicaSet without a readable Deployment',
    ],
  ])('refuses %s, and names the setting that accepts the outage', (_name, overrides, text) => {
    const [finding] = findingsOf(facts(overrides));
    expect(finding).toMatchObject({ code: 'SurgeNotPossible', severity: 'refusal', override: 'singleReplica: evict' });
    expect(finding?.message).toContain('cannot get a second replica before this pod is removed: ');
    expect(finding?.message).toContain(text);
    expect(finding?.message).toContain('; to proceed anyway, set singleReplica: evict.');
  });

  it('lists HorizontalPodAutoscalers that may not be read as not checked', () => {
    const { autoscalers: _unread, ...unknown } = surgeFacts();
    expect(findingsOf(facts({ surge: unknown })).map(({ code }) => code)).toEqual(['NotChecked', 'SingleReplica']);
  });

  it('is offered as an alternative where a single replica is refused', () => {
    const [finding] = findingsOf(facts({}, 'block'));
    expect(finding).toMatchObject({ code: 'SingleReplica', severity: 'refusal' });
    expect(finding?.override).toBe('singleReplica: surge (a second replica first) or singleReplica: evict');
  });

  it.each([
    ['allows an eviction once the second replica is available', { minAvailable: 1 }, 'enough'],
    ['never does with all pods required', { minAvailable: '100%' }, 'never'],
  ])('a budget of the owner %s', (_name, given, verdict) => {
    const { maxUnavailable: _none, ...rest } = budget();
    const counts = { expectedPods: 1, currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0 };
    const plan = planDecommission(facts({ budgets: [{ ...rest, ...counts, ...given }] }), '2026-01-02T03:04:05.000Z');
    expect(plan.forecasts).toMatchObject([{ verdict, allowedNow: 0 }]);
    expect(plan.forecasts[0]?.message).toContain('once the second replica is available');
  });
});
