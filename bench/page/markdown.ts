import type { Spread } from '../record/spread.ts';

/** A Markdown table. Pure. */
export const toTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(toCell).join(' | ')} |`).join('\n');

const toCell = (text: string): string => text.replaceAll('\n', ' ').replaceAll('|', '&#124;');

/** Two decimals below 10, none from 100 on. Pure. */
export const toNumber = (value: number): string => {
  const size = Math.abs(value);
  return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)));
};

/** The median, and the range if there are several values, e.g. `12.3 s (11.9–13.1)`; `–`: no values. Pure. */
export const toSpreadText = (spread: Spread | undefined, unit: string): string => {
  if (spread === undefined) return '–';
  const { least, median, most, count } = spread;
  const suffix = unit === '' ? '' : ` ${unit}`;
  const range = count === 1 ? '' : ` (${toNumber(least)}–${toNumber(most)})`;
  return `${toNumber(median)}${suffix}${range}`;
};
