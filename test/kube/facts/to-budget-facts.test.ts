import { describe, expect, it } from '@jest/globals';
import { toBudgetFacts } from '../../../src/kube/facts/to-budget-facts.ts';

const metadata = { namespace: 'default', name: 'web-pdb', uid: 'u', resourceVersion: '3', generation: 2 };

describe('toBudgetFacts', () => {
  it('reads a budget that the controller has not processed as one that allows nothing', () => {
    expect(toBudgetFacts({ metadata, spec: {} })).toEqual({
      ...metadata,
      labels: {},
      annotations: {},
      deleting: false,
      unhealthyPodEvictionPolicy: 'IfHealthyBudget',
      observedGeneration: 0,
      currentHealthy: 0,
      desiredHealthy: 0,
      expectedPods: 0,
      disruptionsAllowed: 0,
      disruptedPods: [],
    });
  });

  it('reads the spec', () => {
    const facts = toBudgetFacts({
      metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
      spec: { selector: {}, minAvailable: 2, maxUnavailable: '25%', unhealthyPodEvictionPolicy: 'AlwaysAllow' },
    });
    expect(facts).toMatchObject({
      deleting: true,
      selector: { matchLabels: {}, matchExpressions: [] },
      minAvailable: 2,
      maxUnavailable: '25%',
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  it.each([
    ['DisruptionAllowed', 'False', 'SyncFailed', 'no scale', 'no scale'],
    ['DisruptionAllowed', 'False', 'SyncFailed', '', 'SyncFailed'],
    ['DisruptionAllowed', 'False', 'InsufficientPods', '', undefined],
    ['DisruptionAllowed', 'True', 'SufficientPods', '', undefined],
  ])('reads condition %s=%s (%s, "%s") as syncFailure: %s', (type, conditionStatus, reason, message, syncFailure) => {
    const facts = toBudgetFacts({
      metadata,
      status: {
        observedGeneration: 2,
        currentHealthy: 3,
        desiredHealthy: 2,
        expectedPods: 3,
        disruptionsAllowed: 1,
        disruptedPods: { 'web-1': '2026-01-01T00:00:00Z' },
        conditions: [{ type, status: conditionStatus, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' }],
      },
    });
    expect(facts).toMatchObject({
      observedGeneration: 2,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
      disruptionsAllowed: 1,
      disruptedPods: ['web-1'],
    });
    expect(facts.syncFailure).toBe(syncFailure);
  });
});
