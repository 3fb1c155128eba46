import { expect, it } from '@jest/globals';
import { toExitCode, type ExitCode } from '../../src/cli/exit-code.ts';
import { OUTCOMES_WORST_FIRST, type Outcome } from '../../src/domain/run/report.ts';

const CASES: [Outcome, ExitCode][] = [
  ['Decommissioned', 0],
  ['DryRun', 0],
  ['RolledBack', 1],
  ['Cancelled', 1],
  ['InvalidInput', 2],
  ['Refused', 3],
  ['RollbackIncomplete', 4],
  ['NeedsOperator', 4],
];

it.each(CASES)('%s exits with %d', (outcome, expected) => {
  expect(toExitCode(outcome)).toBe(expected);
});

it('has a case for every outcome', () => {
  expect(CASES.map(([outcome]) => outcome).sort()).toEqual([...OUTCOMES_WORST_FIRST].sort());
});
