import { describe, expect, it } from '@jest/globals';
import { canReportProgress } from '../../../src/domain/run/drain-progress.ts';

describe('canReportProgress', () => {
  it.each([
    [10, true],
    [40_000, true],
    [40_001, false],
    [51_200, false],
  ])('a history of %i events takes a picture: %s', (historyLength, expected) => {
    expect(canReportProgress(historyLength)).toBe(expected);
  });
});
