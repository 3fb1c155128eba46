import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { listCaseDifferences, updateCaseTable } from './case-table.ts';
import { readRecordedCases } from './recorded-cases.ts';

/**
 * `npm run docs:cases`: writes the cases that the last tests recorded to docs/host-cleanup.md. With `--check` it changes nothing, prints the
 * differences, and exits with 1 if there are any.
 */

const REPOSITORY = join(import.meta.dirname, '../..');
const PATH = join(REPOSITORY, 'docs/host-cleanup.md');

const main = (): number => {
  const document = readFileSync(PATH, 'utf8');
  const recorded = readRecordedCases();
  const exists = (file: string): boolean => existsSync(join(REPOSITORY, file));
  if (!process.argv.includes('--check')) {
    writeFileSync(PATH, updateCaseTable(document, recorded, exists));
    return 0;
  }
  const differences = listCaseDifferences(document, recorded, exists);
  for (const difference of differences) process.stdout.write(`${difference}\n`);
  if (differences.length > 0) process.stdout.write('To update docs/host-cleanup.md, run: npm run docs:cases\n');
  return differences.length > 0 ? 1 : 0;
};

process.exitCode = main();
