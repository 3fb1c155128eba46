import { describe, expect, it } from '@jest/globals';
import { messageFor } from '../../builders/refused-request.ts';

describe('maxUnavailable', () => {
  it.each<[string, unknown, string]>([
    ['0', 0, '0, which would block every eviction'],
    ['"0%"', '0%', '"0%", which would block every eviction'],
    ['"101%"', '101%', '"101%"'],
    ['"25"', '25', '"25"; remove the quotes, or add "%"'],
    ['1.5', 1.5, '1.5'],
    ['-1', -1, '-1'],
    ['true', true, 'true'],
    ['"1.5%"', '1.5%', '"1.5%"'],
    ['"025%"', '025%', '"025%"'],
    ['"25 %"', '25 %', '"25 %"'],
    ['an empty string', '', '""'],
    ['more than 32 bits', 2 ** 31, '2147483648'],
    ['an object', {}, 'an object'],
  ])('maxUnavailable %s', (_case, maxUnavailable, quoted) => {
    expect(messageFor({ maxUnavailable })).toBe(
      `\`maxUnavailable\` must be a whole number of at least 1, or a percentage from "1%" to "100%", but is ${quoted}`,
    );
  });
});
