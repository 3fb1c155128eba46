import { describe, expect, it } from '@jest/globals';
import { POINT_OF_NO_RETURN_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import { describePassedPoint, readPassedPoint } from '../../../src/domain/node/passed-point.ts';

describe('readPassedPoint', () => {
  it.each([
    ['a Node without the record', undefined, undefined],
    ['a time', '2026-01-02T03:04:05.000Z', '2026-01-02T03:04:05.000Z'],
    ['an empty value, which counts too', '', 'an unknown time'],
    ['a long value', 'x'.repeat(50), 'x'.repeat(40)],
  ])('reads %s', (_name, value, at) => {
    expect(readPassedPoint(value === undefined ? {} : { [POINT_OF_NO_RETURN_ANNOTATION]: value })).toBe(at);
  });
});

it('describes what happened, why the node stays, and what to do', () => {
  expect(describePassedPoint('node-1', 'noon')).toMatch(
    /^node node-1 passed its point of no return at noon: .* stays cordoned and locked\. Start the same request again/,
  );
});
