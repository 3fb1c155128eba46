import { describe, expect, it } from '@jest/globals';

import {
  addSummaries,
  formatSummary,
  judgeSkips,
  summarizeJest,
  toFailure,
} from '../../../stack/tests/summarize-jest.ts';
import type { JestResult } from '../../../stack/tests/summarize-jest.ts';

const jestResult = (changes: Partial<JestResult> = {}): JestResult => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  numTotalTests: 3,
  success: true,
  ...changes,
});

describe('summarizeJest', () => {
  it.each<[string, JestResult | undefined, { passed: number; failed: number; skipped: number }]>([
    ['counts passed tests', jestResult(), { passed: 3, failed: 0, skipped: 0 }],
    [
      'counts failed tests',
      jestResult({ numPassedTests: 1, numFailedTests: 2, success: false }),
      { passed: 1, failed: 2, skipped: 0 },
    ],
    [
      'counts skipped and todo tests separately',
      jestResult({ numPassedTests: 1, numPendingTests: 1, numTodoTests: 1 }),
      { passed: 1, failed: 0, skipped: 2 },
    ],
    [
      'counts each file that does not load as a failure',
      jestResult({ numRuntimeErrorTestSuites: 2, success: false }),
      { passed: 3, failed: 2, skipped: 0 },
    ],
    [
      'counts a project whose only file does not load once',
      jestResult({ numPassedTests: 0, numTotalTests: 0, numRuntimeErrorTestSuites: 1, success: false }),
      { passed: 0, failed: 1, skipped: 0 },
    ],
    [
      'fails a project without tests',
      jestResult({ numPassedTests: 0, numTotalTests: 0 }),
      { passed: 0, failed: 1, skipped: 0 },
    ],
    [
      'fails an unsuccessful result without a failed test',
      jestResult({ success: false }),
      { passed: 3, failed: 1, skipped: 0 },
    ],
    ['fails a project whose jest wrote no result', undefined, { passed: 0, failed: 1, skipped: 0 }],
  ])('%s', (_name, result, expected) => {
    expect(summarizeJest('unit', result)).toMatchObject(expected);
  });

  it('names the project in each problem', () => {
    expect(summarizeJest('replay', undefined).problems).toEqual(['replay: jest ended without a result.']);
  });
});

describe('judgeSkips', () => {
  const skipping = { passed: 3, failed: 0, skipped: 2, problems: [] };

  it('counts skipped tests as failures in CI', () => {
    expect(judgeSkips('e2e', skipping, true)).toEqual({
      passed: 3,
      failed: 2,
      skipped: 2,
      problems: ['e2e: 2 skipped, which CI does not allow.'],
    });
  });

  it.each([
    ["on a developer's machine", skipping, false],
    ['when none is skipped', { ...skipping, skipped: 0 }, true],
  ])('leaves the summary unchanged %s', (_name, summary, isContinuousIntegration) => {
    expect(judgeSkips('e2e', summary, isContinuousIntegration)).toEqual(summary);
  });
});

describe('addSummaries', () => {
  it('adds the numbers and keeps every problem', () => {
    const sum = addSummaries([summarizeJest('unit', jestResult()), toFailure('check "lint".')]);
    expect(sum).toEqual({ passed: 3, failed: 1, skipped: 0, problems: ['check "lint".'] });
  });

  it('formats the last line that CI expects', () => {
    expect(formatSummary(addSummaries([summarizeJest('unit', jestResult())]))).toBe('3 passed, 0 failed');
  });
});
