import { describe, expect, it } from '@jest/globals';
import { findOperatorAdvice } from '../../../src/domain/budgets/operator-advice.ts';
import { budget } from '../../builders/budget.ts';
import { selector } from '../../builders/workload.ts';

describe('findOperatorAdvice', () => {
  it('is that of CloudNativePG, which moves a primary', () => {
    const labels = { 'cnpg.io/cluster': 'pg', 'cnpg.io/instanceRole': 'primary' };
    expect(findOperatorAdvice(budget({ namespace: 'shop', selector: selector(labels) }))).toEqual({
      remedy:
        'ask the owner of Cluster shop/pg (CloudNativePG) to set spec.instances to at least 2, so that the primary moves off the cordoned node, or to accept an outage with spec.enablePDB: false',
      awaited: 'CloudNativePG has moved the primary off the cordoned node',
    });
  });

  it('is no wait for the replicas of CloudNativePG', () => {
    const labels = { 'cnpg.io/cluster': 'pg', 'cnpg.io/instanceRole': 'replica' };
    expect(findOperatorAdvice(budget({ selector: selector(labels) }))?.awaited).toBeUndefined();
  });

  it('is that of Strimzi, which moves annotated pods', () => {
    const labels = { 'strimzi.io/cluster': 'events', 'strimzi.io/kind': 'Kafka', 'strimzi.io/name': 'events-kafka' };
    expect(findOperatorAdvice(budget({ namespace: 'shop', selector: selector(labels) }))).toEqual({
      remedy:
        'ask the owner of Kafka shop/events (Strimzi) to set maxUnavailable in its template.podDisruptionBudget to 1, or cordon the node and annotate these pods with strimzi.io/manual-rolling-update: "true", so that Strimzi moves them',
    });
  });

  it('is none for other budgets', () => {
    expect(findOperatorAdvice(budget())).toBeUndefined();
  });
});
