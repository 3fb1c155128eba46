import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { listCaseDifferences, updateCaseTable, type TestFileKind } from './case-table.ts';
import { hasComparison, updateComparison } from './comparison-table.ts';
import { readComparison, readRecordedCases } from './recorded-cases.ts';

/**
 * `npm run docs:cases`: writes the cases and the comparison that the last tests recorded to docs/host-cleanup.md. With `--check` it changes nothing, prints the
 * differences, and exits with 1 if there are any.
 */

const REPOSITORY = join(import.meta.dirname, '../..');
const PATH = join(REPOSITORY, 'docs/host-cleanup.md');

const main = (): number => {
  const document = readFileSync(PATH, 'utf8');
  const recorded = readRecordedCases();
  const comparison = readComparison();
  if (!process.argv.includes('--check')) {
    const updated = updateCaseTable(document, recorded, toKind);
    writeFileSync(PATH, comparison === undefined ? updated : updateComparison(updated, comparison));
    return 0;
  }
  const differences = listCaseDifferences(document, recorded, toKind);
  if (comparison !== undefined && !hasComparison(document, comparison)) {
    differences.push('the comparison differs from what its test recorded');
  }
  for (const difference of differences) process.stdout.write(`${difference}\n`);
  if (differences.length > 0) process.stdout.write('To update docs/host-cleanup.md, run: npm run docs:cases\n');
  return differences.length > 0 ? 1 : 0;
};

/** The file names what bounds its rows. */
const toKind = (file: string): TestFileKind => {
  const path = join(REPOSITORY, file);
  if (!existsSync(path)) return 'absent';
  const isBounded = process.env['LONG_RUN'] !== '1' && readFileSync(path, 'utf8').includes('/long-run.ts');
  return isBounded ? 'bounded' : 'whole';
};

process.exitCode = main();
