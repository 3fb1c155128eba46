import { expect, it } from '@jest/globals';
import { toSpread } from '../../../bench/record/spread.ts';

it.each([
  [[], undefined],
  [[3], { least: 3, median: 3, most: 3, count: 1 }],
  [[10, 9, 2], { least: 2, median: 9, most: 10, count: 3 }],
  [[4, 1, 3, 2], { least: 1, median: 2.5, most: 4, count: 4 }],
])('the spread of %j', (values, spread) => {
  expect(toSpread(values)).toEqual(spread);
});
