import { describe, expect, it } from '@jest/globals';
import { canTellPicture } from '../../../src/domain/run/drain-progress.ts';

describe('canTellPicture', () => {
  it.each([
    [10, true],
    [40_000, true],
    [40_001, false],
    [51_200, false],
  ])('a history of %i events takes a picture: %s', (historyLength, expected) => {
    expect(canTellPicture(historyLength)).toBe(expected);
  });
});
