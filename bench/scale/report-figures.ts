import { writeFileSync } from 'node:fs';
import type { Figure } from '../record/benchmark-record.ts';

/** Environment variable with the file that the figures of a section are written to. */
export const FIGURES_FILE = 'BENCH_FIGURES_FILE';

/** Prints the figures of a section, and writes them to the file that `npm run bench` reads, if it has started this program. */
export const reportFigures = (figures: readonly Figure[]): void => {
  for (const { what, value, unit, atMost } of figures) {
    const goal = atMost === undefined ? '' : ` (goal: at most ${atMost} ${unit})`;
    process.stdout.write(`${what}: ${Number(value.toFixed(2))} ${unit}${goal}\n`);
  }
  const path = process.env[FIGURES_FILE];
  if (path !== undefined) writeFileSync(path, JSON.stringify(figures));
};
