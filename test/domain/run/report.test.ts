import { describe, expect, it } from '@jest/globals';
import { toTaskOutcome, type Outcome } from '../../../src/domain/run/report.ts';

describe('toTaskOutcome', () => {
  it.each<[string, Outcome[], Outcome]>([
    ['one done', ['Decommissioned'], 'Decommissioned'],
    ['all done', ['Decommissioned', 'Decommissioned'], 'Decommissioned'],
    ['a dry run', ['DryRun', 'DryRun'], 'DryRun'],
    ['one refused after one done', ['Decommissioned', 'Refused'], 'Refused'],
    ['cancelled is worse than refused', ['Refused', 'Cancelled'], 'Cancelled'],
    ['rolled back is worse than cancelled', ['Cancelled', 'RolledBack', 'Cancelled'], 'RolledBack'],
    ['an incomplete rollback is worse than a complete one', ['RollbackIncomplete', 'RolledBack'], 'RollbackIncomplete'],
    [
      'a node that needs a person is the worst',
      ['RollbackIncomplete', 'NeedsOperator', 'Decommissioned'],
      'NeedsOperator',
    ],
    ['no node at all is not a success', [], 'InvalidInput'],
  ])('%s', (_case, nodeOutcomes, expected) => {
    expect(toTaskOutcome(nodeOutcomes)).toBe(expected);
  });
});
