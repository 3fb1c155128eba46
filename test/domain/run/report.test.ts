import { describe, expect, it } from '@jest/globals';
import { toTaskOutcome, type Outcome } from '../../../src/domain/run/report.ts';

describe('toTaskOutcome', () => {
  it.each<[string, Outcome[], Outcome]>([
    ['one done', ['Decommissioned'], 'Decommissioned'],
    ['all done', ['Decommissioned', 'Decommissioned'], 'Decommissioned'],
    ['a dry run', ['DryRun', 'DryRun'], 'DryRun'],
    ['one refused after one done', ['Decommissioned', 'Refused'], 'Refused'],
    ['Cancelled is worse than Refused', ['Refused', 'Cancelled'], 'Cancelled'],
    ['RolledBack is worse than Cancelled', ['Cancelled', 'RolledBack', 'Cancelled'], 'RolledBack'],
    ['an incomplete undo is worse than a complete one', ['RollbackIncomplete', 'RolledBack'], 'RollbackIncomplete'],
    [
      'a node that needs an operator is the worst',
      ['RollbackIncomplete', 'NeedsOperator', 'Decommissioned'],
      'NeedsOperator',
    ],
    ['no node at all is not a success', [], 'InvalidInput'],
  ])('%s', (_case, nodeOutcomes, expected) => {
    expect(toTaskOutcome(nodeOutcomes)).toBe(expected);
  });
});
