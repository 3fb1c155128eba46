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

describe('the limits of a fleet', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'maxConcurrentNodes 0',
      { maxConcurrentNodes: 0 },
      '`maxConcurrentNodes` must be a whole number of at least 1, or a percentage from "1%" to "100%", but is 0, which would start no node',
    ],
    [
      'maxConcurrentPerZone 0',
      { maxConcurrentPerZone: 0 },
      '`maxConcurrentPerZone` must be a whole number of at least 1, but is 0; omit it for no limit per zone',
    ],
    [
      'maxConcurrentPerZone as a percentage',
      { maxConcurrentPerZone: '10%' },
      '`maxConcurrentPerZone` must be a whole number of at least 1, but is "10%"',
    ],
    [
      'stopAfterFailures 0',
      { stopAfterFailures: 0 },
      '`stopAfterFailures` must be a whole number of at least 1, but is 0: no node could start',
    ],
    [
      'stopAfterFailures in quotes',
      { stop_after_failures: '2' },
      '`stop_after_failures` must be a whole number of at least 1, but is "2"; remove the quotes',
    ],
  ])('%s', (_case, given, message) => {
    expect(messageFor(given)).toBe(message);
  });
});
