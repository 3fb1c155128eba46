import { describe, expect, it } from '@jest/globals';
import { toVisibleText } from '../../../src/domain/text/visible-text.ts';

describe('toVisibleText', () => {
  it.each([
    ['keeps ordinary text', 'größe 5 Gi', 'größe 5 Gi'],
    ['replaces control characters', 'a\u001b[31mb\nc\u202e', 'a?[31mb?c?'],
    ['keeps text of the maximum length', 'x'.repeat(20), 'x'.repeat(20)],
    ['shortens longer text', 'x'.repeat(21), `${'x'.repeat(19)}…`],
  ])('%s', (_name, text, expected) => {
    expect(toVisibleText(text, 20)).toBe(expected);
  });
});
