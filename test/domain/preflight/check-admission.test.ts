import { describe, expect, it } from '@jest/globals';
import { checkAdmission } from '../../../src/domain/preflight/check-admission.ts';
import { checkPreflight } from '../../../src/domain/preflight/check-preflight.ts';
import type { CreationAnswer, ReplacementTrial } from '../../../src/domain/preflight/creation-trial.ts';
import type { Finding } from '../../../src/domain/plan/decommission-plan.ts';
import { owner, pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';

const replacement = (answer: CreationAnswer): ReplacementTrial => ({
  pod: pod(),
  controller: owner('apps/v1', 'ReplicaSet', 'web-1'),
  workload: 'Deployment/web',
  answer,
});

const DENIED: CreationAnswer = { kind: 'denied', message: 'violates PodSecurity "restricted:latest".' };
const OVER: CreationAnswer = {
  kind: 'overQuota',
  message: 'exceeded quota: pods, requested: pods=1, used: pods=3, limited: pods=3',
};
const UNKNOWN: CreationAnswer = { kind: 'unknown', message: 'the webhook does not support dry run.' };

describe('checkAdmission', () => {
  it.each<[string, CreationAnswer, string, string]>([
    [
      'denied',
      DENIED,
      'ReplacementDenied',
      'a dry run of a replacement of pod default/web-1-a of Deployment/web was denied (violates PodSecurity "restricted:latest"), so evicted pods would not come back: change the pod template, or ask the owner of the policy',
    ],
    [
      'over quota',
      OVER,
      'ReplacementOverQuota',
      'a replacement of pod default/web-1-a of Deployment/web exceeds a quota while that pod exists (exceeded quota: pods, requested: pods=1, used: pods=3, limited: pods=3), so it is created only after that pod has ended; if its template requests more than that pod, not even then: raise the quota',
    ],
    [
      'unknown',
      UNKNOWN,
      'NotChecked',
      'not checked: whether a replacement of pod default/web-1-a of Deployment/web would be admitted (the webhook does not support dry run)',
    ],
  ])('reports a replacement that is %s', (_name, answer, code, message) => {
    const facts = preflightFacts({ replacementTrials: [replacement(answer)] });
    expect(checkAdmission(facts)).toEqual([{ code, subject: 'default/Deployment/web', message }]);
  });

  it.each<[string, CreationAnswer, string, string]>([
    [
      'denied',
      DENIED,
      'BudgetCreationDenied',
      'the API server denied a dry-run creation of budget default/web-pdb (violates PodSecurity "restricted:latest"), which the run creates before it evicts: check the webhook, policy or quota that denies it, or create a budget for the workload first',
    ],
    ['over quota', OVER, 'BudgetCreationDenied', ''],
    [
      'unknown',
      UNKNOWN,
      'NotChecked',
      'not checked: whether budget default/web-pdb can be created (the webhook does not support dry run)',
    ],
  ])('reports a budget that is %s', (_name, answer, code, message) => {
    const facts = preflightFacts({ budgetTrials: [{ namespace: 'default', name: 'web-pdb', answer }] });
    expect(checkAdmission(facts)).toEqual([
      {
        code,
        subject: 'default/web-pdb',
        message: message === '' ? expect.stringContaining('exceeded quota') : message,
      },
    ]);
  });

  it('reports nothing that is admitted', () => {
    const answer = { kind: 'admitted' } as const;
    const trials = { replacementTrials: [replacement(answer)], budgetTrials: [{ namespace: 'a', name: 'b', answer }] };
    expect(checkAdmission(preflightFacts(trials))).toEqual([]);
  });

  it.each<[string, object, Finding['severity'][]]>([
    ['a denied replacement', { replacementTrials: [replacement(DENIED)] }, ['refusal', 'warning']],
    ['a replacement over quota', { replacementTrials: [replacement(OVER)] }, ['warning', 'warning']],
    ['a denied budget', { budgetTrials: [{ namespace: 'a', name: 'b', answer: DENIED }] }, ['refusal', 'refusal']],
  ])('under enforce and warn: %s', (_name, facts, expected) => {
    const severities = (['enforce', 'warn'] as const).map(
      (preflight) => checkPreflight(preflightFacts(facts, { preflight }))[0]?.severity,
    );
    expect(severities).toEqual(expected);
  });
});
