import Table from 'cli-table3';

const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '   ',
};

/** Aligned columns under upper-case headings, as kubectl prints them; each line is indented by `indent` spaces. Pure. */
export const toTextTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  indent = 0,
): readonly string[] => {
  const table = new Table({
    chars: BARE,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  table.push([...head], ...rows.map((row) => row.map(toOneLine)));
  return table
    .toString()
    .split('\n')
    .map((line) => `${' '.repeat(indent)}${line}`.trimEnd());
};

/** Cuts a line to the width of the terminal; `columns` of 0 means no limit. */
export const toFittingLine = (line: string, columns: number): string =>
  columns > 0 && line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;

const toOneLine = (cell: string): string => cell.replace(/\s*\n\s*/g, ' ');
