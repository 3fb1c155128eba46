import { describe, expect, it } from '@jest/globals';
import type { DisruptionBudgetFacts } from '../../../src/domain/cluster/facts.ts';
import { areSeveralExpected } from '../../../src/domain/eviction/expected-replicas.ts';
import { budget } from '../../builders/budget.ts';
import { selector, workload } from '../../builders/workload.ts';

describe('areSeveralExpected', () => {
  const rows: [name: string, budget: Partial<DisruptionBudgetFacts>, expected: boolean][] = [
    ['a budget of exactly its pods that expects several', {}, true],
    ['one that expects a single pod', { expectedPods: 1 }, false],
    ['one that selects other pods, too', { selector: selector({ team: 'shop' }) }, false],
    ['one without a selector', { selector: undefined as never }, false],
    ['one whose change is not processed yet', { generation: 2 }, false],
    ['one that cannot be computed', { syncFailure: 'no scale' }, false],
    ['one that is being deleted', { deleting: true }, false],
  ];
  it.each(rows)('%s', (_name, overrides, expected) => {
    expect(areSeveralExpected([budget(overrides)], workload())).toBe(expected);
  });

  it('none, or a workload without a selector, shows nothing', () => {
    expect(areSeveralExpected([], workload())).toBe(false);
    expect(areSeveralExpected([budget()], {})).toBe(false);
  });
});
