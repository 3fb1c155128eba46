import { it } from '@jest/globals';

/** `npm run test:long` runs every test of its suites, `npm test` a bounded part of some. */
export const isLongRun = process.env['LONG_RUN'] === '1';

/** A test that only `npm run test:long` has. */
export const itInLongRun = (name: string, test: () => Promise<void>): void => {
  if (isLongRun) it(name, test);
};

/** The rows of a table: in `npm test` the first and every `step`-th after it. */
export const boundRows = <Row>(rows: readonly Row[], step: number): Row[] =>
  rows.filter((_row, index) => isLongRun || index % step === 0);
