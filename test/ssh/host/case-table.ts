import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import type { HostCase } from '../../../stack/tests/case-table.ts';
import { writeRecordedCase } from '../../../stack/tests/recorded-cases.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Records a row of the table in docs/host-cleanup.md. Call it as the last statement of a test: an assertion that fails before it leaves no row.
 * `npm run docs:cases` writes the table; `npm test` fails when the committed table differs from what its tests recorded.
 * @throws Error outside of a test.
 */
export const recordCase = (hostCase: HostCase): void => {
  const { testPath, currentTestName } = expect.getState();
  if (testPath === undefined || currentTestName === undefined)
    throw new Error('recordCase is called outside of a test.');
  writeRecordedCase({ ...hostCase, file: relative(REPOSITORY, testPath), test: currentTestName });
};
