import { describe, expect, it } from '@jest/globals';
import { assess } from '../../../src/domain/preflight/assessment.ts';
import { checkBudgets } from '../../../src/domain/preflight/check-budgets.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import type { JudgedPlacement } from '../../../src/domain/scheduling/judged-placement.ts';
import { budget } from '../../builders/budget.ts';
import { likely, placements, unplaced } from '../../builders/placements.ts';
import { pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';

const codesFor = (placement: JudgedPlacement, request: Partial<DecommissionRequest> = {}): readonly string[] => {
  const facts = preflightFacts(
    {
      pods: [pod(), pod({ name: 'web-1-b' })],
      budgets: [budget()],
      placements: placements({ 'web-1-a': placement, 'web-1-b': placement }),
    },
    request,
  );
  return checkBudgets(facts, assess(facts)).map(({ code }) => code);
};

describe('checkBudgets, of two pods under a budget', () => {
  it.each<[string, JudgedPlacement, Partial<DecommissionRequest>, readonly string[]]>([
    ['G11: one eviction is allowed, and they have a place', { verdict: 'fits', message: 'node-2 has room' }, {}, []],
    ['G11: one eviction is allowed, and they have no place', unplaced(), {}, ['BudgetNeverAllows']],
    ['they have no place until an autoscaler adds a node', unplaced(), { assumeAutoscaling: true }, []],
    [
      'they have no place until the node is deleted',
      likely({ isPlacedAfterDeletion: true }),
      {},
      ['BudgetNeverAllows'],
    ],
    ['they have a place in some orders', likely(), {}, []],
  ])('%s', (_name, placement, request, expected) => {
    expect(codesFor(placement, request)).toEqual(expected);
  });
});
