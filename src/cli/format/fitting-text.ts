import { stripVTControlCharacters } from 'node:util';
import { toWrappedLines } from './wrapped-lines.ts';

/** A column of a table with less room is not worth its own margin. */
const MIN_LAST_COLUMN = 20;
/** Columns of our tables are further apart than words. */
const LAST_COLUMN = /^.*\S {3,}(?=\S)/;

/**
 * Text for a terminal of `columns`: longer lines are wrapped at words, under the last column of a table where that has room, else indented
 * by four more spaces. 0: no limit. Pure.
 */
export const toFittingText = (text: string, columns: number): string =>
  columns === 0
    ? text
    : text
        .split('\n')
        .flatMap((line) => toWrappedLines(line, columns, toIndent(stripVTControlCharacters(line), columns)))
        .map((line) => line.trimEnd())
        .join('\n');

const toIndent = (line: string, columns: number): number => {
  const lastColumn = LAST_COLUMN.exec(line)?.[0].length ?? columns;
  return columns - lastColumn >= MIN_LAST_COLUMN ? lastColumn : line.length - line.trimStart().length + 4;
};
