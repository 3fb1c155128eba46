import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { FINDING_RULES } from '../../src/domain/preflight/findings.ts';
import { FailureType } from '../../src/domain/run/failures.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const [FINDINGS = '', FAILURES = ''] = readFileSync(join(REPOSITORY, 'docs/findings-and-failures.md'), 'utf8').split(
  '\n## Failures\n',
);

/** The cells of each row whose first cell is one word of code. */
const readRows = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/^\| (`\w+` +\|.*)\|$/gm)].map(([, row = '']) => row.split('|').map((cell) => cell.trim()));

const toCode = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '');

describe('docs/findings-and-failures.md', () => {
  const findings = readRows(FINDINGS);

  it('has every finding once, with its standing and its override', () => {
    const documented = findings.map(([code, standing, , , override]) => [toCode(code), standing, toCode(override)]);
    const expected = Object.entries(FINDING_RULES).map(([code, rule]) => [code, rule.standing, rule.override ?? '']);
    expect(documented.sort()).toEqual(expected.sort());
  });

  it('has every failure once', () => {
    const documented = readRows(FAILURES).map(([type]) => toCode(type));
    expect(documented.sort()).toEqual(Object.values(FailureType).sort());
  });

  it.each([...findings, ...readRows(FAILURES)].map((cells) => [toCode(cells[0]), cells] as const))(
    '%s has a cause and a remedy',
    (code, cells) => {
      const [cause, remedy] = code in FINDING_RULES && cells.length > 3 ? cells.slice(2, 4) : cells.slice(1, 3);
      expect([cause, remedy].every((text) => (text ?? '') !== '')).toBe(true);
    },
  );
});
