import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { listCaseDifferences, updateCaseTable } from './case-table.ts';
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
  const exists = (file: string): boolean => existsSync(join(REPOSITORY, file));
  if (!process.argv.includes('--check')) {
    const updated = updateCaseTable(document, recorded, exists);
    writeFileSync(PATH, comparison === undefined ? updated : updateComparison(updated, comparison));
    return 0;
  }
  const differences = listCaseDifferences(document, recorded, exists);
  if (comparison !== undefined && !hasComparison(document, comparison)) {
    differences.push('the comparison differs from what its test recorded');
  }
  for (const difference of differences) process.stdout.write(`${difference}\n`);
  if (differences.length > 0) process.stdout.write('To update docs/host-cleanup.md, run: npm run docs:cases\n');
  return differences.length > 0 ? 1 : 0;
};

process.exitCode = main();
