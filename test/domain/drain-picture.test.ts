import { describe, expect, it } from '@jest/globals';
import { canTellPicture } from '../../src/domain/drain-picture.ts';

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
