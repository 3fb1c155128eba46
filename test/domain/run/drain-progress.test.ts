import { describe, expect, it } from '@jest/globals';
import { canReportProgress } from '../../../src/domain/run/drain-progress.ts';

describe('canReportProgress', () => {
  it.each([
    [10, true],
    [40_000, true],
    [40_001, false],
    [51_200, false],
  ])('a run with a history of %i events reports progress: %s', (historyLength, expected) => {
    expect(canReportProgress(historyLength)).toBe(expected);
  });
});
