/** What a test of host cleanup showed: a layout, what was done, and what of others was left in place. */
export interface HostCase {
  /** The layout of the host in a few words, e.g. `--root-dir=/mnt/data, a database beside it`. */
  readonly layout: string;
  /** A scratch host runs the scripts on stand-ins for systemd and runtimes; a real host has the real ones. */
  readonly how: 'scratch' | 'real host';
  readonly outcome: 'cleaned' | 'refused' | 'parked';
  /** What stayed and was compared, e.g. `the database, by checksum; the second containerd's container, same PID`. */
  readonly stays: string;
}

export interface RecordedCase extends HostCase {
  /** Path of the test file, relative to the repository. */
  readonly file: string;
  /** Full name of the test. */
  readonly test: string;
}

const START = '<!-- cases: written by npm run docs:cases -->';
const END = '<!-- end of cases -->';
const HEAD = ['| layout | host | outcome | what stayed | test |', '| --- | --- | --- | --- | --- |'];
/** The path that starts the last column. */
const FILE_OF_ROW = /\| `([^`]+)`: [^|]*\|$/;

/**
 * The document with the rows of all test files that recorded cases replaced by what they recorded. Rows of files that did not run stay,
 * unless the file no longer exists. Pure.
 * @throws Error when the document has no place for the table.
 */
export const updateCaseTable = (
  document: string,
  recorded: readonly RecordedCase[],
  exists: (file: string) => boolean,
): string => {
  const { before, rows, after } = splitDocument(document);
  const ran = new Set(recorded.map(({ file }) => file));
  const kept = rows.filter((row) => {
    const file = toFileOfRow(row);
    return !ran.has(file) && exists(file);
  });
  const all = [...new Set([...kept, ...recorded.map(toRow)])].sort();
  return `${before}${START}\n\n${[...HEAD, ...all].join('\n')}\n\n${END}${after}`;
};

/**
 * One sentence for each row that the recorded cases add to the document or remove from it. Pure.
 * @throws Error when the document has no place for the table.
 */
export const listCaseDifferences = (
  document: string,
  recorded: readonly RecordedCase[],
  exists: (file: string) => boolean,
): string[] => {
  const now = splitDocument(document).rows;
  const next = splitDocument(updateCaseTable(document, recorded, exists)).rows;
  return [
    ...next.filter((row) => !now.includes(row)).map((row) => `missing in the table: ${row}`),
    ...now.filter((row) => !next.includes(row)).map((row) => `not recorded by its test: ${row}`),
  ];
};

/** How many rows the document has. Pure. */
export const countCases = (document: string): number => splitDocument(document).rows.length;

const splitDocument = (
  document: string,
): { readonly before: string; readonly rows: string[]; readonly after: string } => {
  const start = document.indexOf(START);
  const end = document.indexOf(END);
  if (start === -1 || end < start) throw new Error(`The document has no lines "${START}" and "${END}".`);
  const lines = document.slice(start + START.length, end).split('\n');
  return {
    before: document.slice(0, start),
    rows: lines.filter((line) => FILE_OF_ROW.test(line)),
    after: document.slice(end + END.length),
  };
};

const toRow = ({ layout, how, outcome, stays, file, test }: RecordedCase): string =>
  `| ${[layout, how, outcome, stays].map(toCell).join(' | ')} | \`${file}\`: ${toCell(test)} |`;

const toFileOfRow = (row: string): string => FILE_OF_ROW.exec(row)?.[1] ?? '';

/** Text of one line; a bar, which would end the cell, becomes an entity. */
const toCell = (text: string): string =>
  text
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('|', '&#124;')
    .replaceAll('<', '&lt;')
    .replaceAll('*', String.raw`\*`)
    .trim();
