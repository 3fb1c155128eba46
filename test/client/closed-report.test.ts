import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/client';
import { reportFromFailure, toMemoReport } from '../../src/client/closed-report.ts';
import { decommissionReport } from '../builders/decommission-report.ts';

const report = decommissionReport({ outcome: 'RolledBack' });

describe('reportFromFailure', () => {
  it.each([
    {
      name: 'the first detail of a failure',
      cause: ApplicationFailure.create({ type: 'RolledBack', details: [report] }),
      expected: report,
    },
    { name: 'a failure without details', cause: ApplicationFailure.create({ type: 'X' }), expected: undefined },
    { name: 'a failure with other details', cause: ApplicationFailure.create({ details: ['x'] }), expected: undefined },
    { name: 'a cancellation', cause: new CancelledFailure('stop', [report]), expected: undefined },
    { name: 'no cause at all', cause: undefined, expected: undefined },
  ])('reads $name', ({ cause, expected }) => {
    expect(reportFromFailure(cause)).toEqual(expected);
  });
});

describe('toMemoReport', () => {
  it.each([
    { name: 'the report of a cancelled run', memo: { report }, expected: report },
    { name: 'a memo without a report', memo: { requestFingerprint: 'abc' }, expected: undefined },
    { name: 'a report of another shape', memo: { report: 'x' }, expected: undefined },
  ])('reads $name', ({ memo, expected }) => {
    expect(toMemoReport({ memo })).toEqual(expected);
  });
});
