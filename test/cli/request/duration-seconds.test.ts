import { expect, it } from '@jest/globals';
import { toDurationSeconds } from '../../../src/cli/request/duration-seconds.ts';

it.each([
  ['0', 0],
  ['0s', 0],
  ['90s', 90],
  ['10m', 600],
  ['1.5h', 5400],
  ['1h2m3s', 3723],
  ['1500ms', 2],
])('%s are %d seconds', (text, seconds) => {
  expect(toDurationSeconds('--timeout', text)).toBe(seconds);
});

it.each(['', '10', '-5m', '5 m', 'm', '5d'])('%j is no duration', (text) => {
  expect(() => toDurationSeconds('--timeout', text)).toThrow('--timeout takes a duration');
});
