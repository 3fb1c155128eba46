import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import type { BenchmarkRecord } from '../record/benchmark-record.ts';
import { BENCH_ROWS } from '../rows/bench-rows.ts';
import { SECTIONS } from '../scale/sections.ts';
import { formatPage } from './format-page.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Writes docs/benchmarks.md. */
export const writePage = async (record: BenchmarkRecord): Promise<void> => {
  const page = formatPage(BENCH_ROWS, SECTIONS, record);
  writeFileSync(
    join(REPOSITORY, 'docs/benchmarks.md'),
    await format(page, { parser: 'markdown', printWidth: 120, singleQuote: true }),
  );
};
