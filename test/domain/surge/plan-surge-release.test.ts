import { describe, expect, it } from '@jest/globals';
import {
  DELETION_COST_ANNOTATION as COST,
  EARLIER_DELETION_COST_ANNOTATION as EARLIER,
  HIGHEST_DELETION_COST,
  LOWEST_DELETION_COST,
  SURGE_LABEL,
} from '../../../src/domain/cluster/annotations.ts';
import {
  planDeletionCost,
  planDeletionCostRelease,
  planSurgeRelease,
} from '../../../src/domain/surge/plan-surge-release.ts';
import { surgedDeployment } from '../../builders/deployment.ts';

const change = { labels: { [SURGE_LABEL]: null } };

describe('planSurgeRelease', () => {
  it('scales what the task wrote back to one, and keeps the label', () => {
    expect(planSurgeRelease(surgedDeployment())).toEqual({ kind: 'scaleDown', change: { replicas: 1, labels: {} } });
  });

  it.each([
    ['the controller has observed it', { generation: 2 }],
    ['one pod is left', {}],
  ])('waits until %s', (_name, overrides) => {
    expect(planSurgeRelease(surgedDeployment({ replicas: 1, ...overrides }))).toEqual({ kind: 'wait' });
  });

  it('removes the label last', () => {
    expect(planSurgeRelease(surgedDeployment({ replicas: 1, podCount: 1 }))).toEqual({ kind: 'finish', change });
  });

  it.each([0, 3, 10])('keeps a count of %i, which another client set', (replicas) => {
    const step = planSurgeRelease(surgedDeployment({ replicas }));
    const kept = expect.stringContaining(`another client set the replica count to ${replicas}`) as unknown;
    expect(step).toEqual({ kind: 'finish', change, kept });
  });
});

describe('the deletion cost of a pod', () => {
  const apply = (annotations: Readonly<Record<string, string>>, changes: object = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries<string | null>({ ...annotations, ...changes }).filter(
        (entry): entry is [string, string] => entry[1] !== null,
      ),
    );

  it.each([
    ['none', {}],
    ['one of its owner', { [COST]: '50' }],
  ])('is raised, lowered and restored: %s', (_name, before) => {
    const raised = apply(before, planDeletionCost({ annotations: before }, 'highest'));
    expect(raised[COST]).toBe(HIGHEST_DELETION_COST);
    expect(planDeletionCost({ annotations: raised }, 'highest')).toBeUndefined();
    const lowered = apply(raised, planDeletionCost({ annotations: raised }, 'lowest'));
    expect(lowered[COST]).toBe(LOWEST_DELETION_COST);
    expect(planDeletionCost({ annotations: lowered }, 'lowest')).toBeUndefined();
    expect(apply(lowered, planDeletionCostRelease({ annotations: lowered }))).toEqual(before);
  });

  it('of another client since is kept', () => {
    expect(planDeletionCostRelease({ annotations: { [COST]: '7', [EARLIER]: '' } })).toEqual({ [EARLIER]: null });
  });

  it('that the task did not set is left alone', () => {
    expect(planDeletionCostRelease({ annotations: { [COST]: LOWEST_DELETION_COST } })).toBeUndefined();
  });
});
