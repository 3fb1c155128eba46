import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

import { LONGEST_SUITES, orderSuites } from '../../../stack/tests/suite-order.ts';

const toSuites = (...names: readonly string[]): { readonly path: string }[] =>
  names.map((name) => ({ path: `/repo/test/${name}.test.ts` }));

describe('orderSuites', () => {
  it('starts with the longest, and keeps the order of the others', () => {
    const suites = toSuites('e2e/volumes', 'e2e/cancel', 'domain/a', 'e2e/host-refusals', 'e2e/decommission');
    expect(orderSuites(suites)).toEqual(
      toSuites('e2e/host-refusals', 'e2e/cancel', 'e2e/volumes', 'domain/a', 'e2e/decommission'),
    );
  });

  it('matches suites by their whole path', () => {
    const suites = toSuites('domain/cancel', 'long/crashes');
    expect(orderSuites(suites)).toEqual(suites);
  });

  it.each(LONGEST_SUITES)('names an existing suite: %s', (name) => {
    expect(existsSync(new URL(`../../e2e/${name}.test.ts`, import.meta.url))).toBe(true);
  });
});
