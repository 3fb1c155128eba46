import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { isErrorWithCode } from '../processes/process-group.ts';
import type { RecordedCase } from './case-table.ts';
import type { Comparison } from './comparison-table.ts';

/** One file per case, so that tests in several processes can record at once. */
const DIRECTORY = join(import.meta.dirname, '../../test-results/host-cases');
const COMPARISON = join(import.meta.dirname, '../../test-results/host-comparison.json');

/** Replaces what the same test recorded earlier for the same layout. */
export const writeRecordedCase = (recorded: RecordedCase): void => {
  const { file, test, layout, how } = recorded;
  const name = createHash('sha256')
    .update(JSON.stringify([file, test, layout, how]))
    .digest('hex')
    .slice(0, 16);
  mkdirSync(DIRECTORY, { recursive: true });
  const path = join(DIRECTORY, `${name}.json`);
  writeFileSync(`${path}.${process.pid}`, `${JSON.stringify(recorded)}\n`);
  renameSync(`${path}.${process.pid}`, path);
};

/** Everything recorded since `clearRecordedCases`; empty when no test has recorded anything. */
export const readRecordedCases = (): RecordedCase[] =>
  listFiles()
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(DIRECTORY, name), 'utf8')) as RecordedCase);

export const writeComparison = (comparison: Comparison): void => {
  mkdirSync(dirname(COMPARISON), { recursive: true });
  writeFileSync(COMPARISON, `${JSON.stringify(comparison)}\n`);
};

/** `undefined` when its test has not run since `clearRecordedCases`. */
export const readComparison = (): Comparison | undefined => {
  try {
    return JSON.parse(readFileSync(COMPARISON, 'utf8')) as Comparison;
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

export const clearRecordedCases = (): void => {
  for (const path of [DIRECTORY, COMPARISON]) rmSync(path, { recursive: true, force: true });
};

const listFiles = (): string[] => {
  try {
    return readdirSync(DIRECTORY);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return [];
    throw error;
  }
};
