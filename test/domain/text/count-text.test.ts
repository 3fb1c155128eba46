import { describe, expect, it } from '@jest/globals';
import { toCountText } from '../../../src/domain/text/count-text.ts';

describe('toCountText', () => {
  it.each([
    [0, '0 pods'],
    [1, '1 pod'],
    [2, '2 pods'],
  ])('says %d as %s', (count, text) => {
    expect(toCountText(count, 'pod')).toBe(text);
  });
});
