import { describe, expect, it } from '@jest/globals';
import { joinSentences } from '../../../src/domain/text/join-sentences.ts';

describe('joinSentences', () => {
  it.each<[(string | undefined)[], string]>([
    [[], ''],
    [['one'], 'one'],
    [['one', undefined, ''], 'one'],
    [['one', 'two'], 'one. two'],
    [['One.', 'Two?', 'three'], 'One. Two? three'],
  ])('%j gives %j', (sentences, expected) => {
    expect(joinSentences(...sentences)).toBe(expected);
  });
});
