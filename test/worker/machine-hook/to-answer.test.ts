import { describe, expect, it } from '@jest/globals';
import { toAnswer } from '../../../src/worker/machine-hook/to-answer.ts';

describe('toAnswer', () => {
  it.each<readonly [string, string, readonly string[], string]>([
    ['is one line', '{\n  "state": "terminating"\n}\n', [], '{ "state": "terminating" }'],
    ['is cut', 'a'.repeat(30), [], `${'a'.repeat(19)}…`],
    ['has no control characters', 'a\u0007b', [], 'a?b'],
    ['has no secret', 'got s3cr3t-value', ['s3cr3t-value'], 'got ***'],
    ['has no word of a secret with a scheme', 'got abcdef123', ['Bearer abcdef123'], 'got ***'],
    ['keeps words that a short value occurs in', 'production', ['on'], 'production'],
  ])('%s', (_what, output, secrets, expected) => {
    expect(toAnswer(output, secrets, expected.includes('…') ? 20 : 100)).toBe(expected);
  });
});
