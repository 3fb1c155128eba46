import { parseArgs } from 'node:util';
import { BENCH_ROWS } from './rows/bench-rows.ts';
import type { BenchRow } from './rows/bench-row.ts';
import { SECTIONS, type Section } from './scale/sections.ts';

export interface BenchOptions {
  readonly rows: readonly BenchRow[];
  readonly sections: readonly Section[];
  /** Of each row, if the time suffices. */
  readonly repetitions: number;
  /** For everything together. */
  readonly minutes: number;
  /** Measure nothing, and write the page from what was recorded. */
  readonly onlyPage: boolean;
  /** The section whose figures are on standard input. */
  readonly recorded?: Section;
}

const DEFAULT_REPETITIONS = 3;
const DEFAULT_MINUTES = 45;

/**
 * Reads the arguments of `npm run bench --`. Without `--rows` and `--sections` all of both are measured, with one of them only what it names. Pure.
 * @throws Error when a name or a number is not valid.
 */
export const parseBenchOptions = (words: readonly string[]): BenchOptions => {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rows: { type: 'string' },
      sections: { type: 'string' },
      repetitions: { type: 'string', default: String(DEFAULT_REPETITIONS) },
      minutes: { type: 'string', default: String(DEFAULT_MINUTES) },
      page: { type: 'boolean', default: false },
      record: { type: 'string' },
    },
  });
  const isWhole = values.rows === undefined && values.sections === undefined;
  const [recorded] = values.record === undefined ? [] : select('--record', values.record, SECTIONS);
  const measurable = SECTIONS.filter(({ script }) => script !== undefined);
  return {
    rows: isWhole ? BENCH_ROWS : select('--rows', values.rows, BENCH_ROWS),
    sections: isWhole ? measurable : select('--sections', values.sections, measurable),
    repetitions: toPositive('--repetitions', values.repetitions),
    minutes: toPositive('--minutes', values.minutes),
    onlyPage: values.page,
    ...(recorded === undefined ? {} : { recorded }),
  };
};

const select = <Item extends { readonly name: string }>(
  flag: string,
  names: string | undefined,
  items: readonly Item[],
): readonly Item[] => {
  const wanted = names?.split(',') ?? [];
  const unknown = wanted.filter((name) => !items.some((item) => item.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `${flag}: ${unknown.join(', ')} does not exist. Valid names: ${items.map(({ name }) => name).join(', ')}.`,
    );
  }
  return items.filter(({ name }) => wanted.includes(name));
};

const toPositive = (flag: string, value: string): number => {
  const number = Number(value);
  if (!(number > 0)) throw new Error(`${flag} must be a number above 0, not ${value}.`);
  return number;
};
