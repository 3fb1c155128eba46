import { readSection, replaceSection, toCell } from './document-section.ts';

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

const SECTION = 'cases';
const HEAD = ['| layout | host | outcome | what stayed | test |', '| --- | --- | --- | --- | --- |'];
/** The path that starts the last column. */
const FILE_OF_ROW = /\| `([^`]+)`: [^|]*\|$/;

/** `bounded`: `npm test` runs a part of its rows, so a row that it did not record may be right. */
export type TestFileKind = 'absent' | 'bounded' | 'whole';

/**
 * The document with the rows of all test files that recorded cases replaced by what they recorded. Rows of files that did not run stay,
 * unless the file no longer exists; of a bounded file, also the rows of tests that recorded nothing. Pure.
 * @throws Error when the document has no place for the table.
 */
export const updateCaseTable = (
  document: string,
  recorded: readonly RecordedCase[],
  kindOf: (file: string) => TestFileKind,
): string => {
  const files = new Set(recorded.map(({ file }) => file));
  const tests = new Set(recorded.map(toTestCell));
  const kept = listRows(document).filter((row) => {
    const file = toFileOfRow(row);
    const kind = kindOf(file);
    if (kind === 'bounded') return !tests.has(toTestOfRow(row));
    return kind === 'whole' && !files.has(file);
  });
  const all = [...new Set([...kept, ...recorded.map(toRow)])].sort();
  return replaceSection(document, SECTION, [...HEAD, ...all]);
};

/**
 * One sentence for each row that the recorded cases add to the document or remove from it. Pure.
 * @throws Error when the document has no place for the table.
 */
export const listCaseDifferences = (
  document: string,
  recorded: readonly RecordedCase[],
  kindOf: (file: string) => TestFileKind,
): string[] => {
  const now = listRows(document);
  const next = listRows(updateCaseTable(document, recorded, kindOf));
  return [
    ...next.filter((row) => !now.includes(row)).map((row) => `missing in the table: ${row}`),
    ...now.filter((row) => !next.includes(row)).map((row) => `not recorded by its test: ${row}`),
  ];
};

/** How many rows the document has. Pure. */
export const countCases = (document: string): number => listRows(document).length;

const listRows = (document: string): string[] =>
  readSection(document, SECTION).filter((line) => FILE_OF_ROW.test(line));

const toRow = (recorded: RecordedCase): string => {
  const { layout, how, outcome, stays } = recorded;
  return `| ${[layout, how, outcome, stays].map(toCell).join(' | ')} | ${toTestCell(recorded)} |`;
};

const toTestCell = ({ file, test }: RecordedCase): string => `\`${file}\`: ${toCell(test)}`;

const toTestOfRow = (row: string): string => row.slice(row.lastIndexOf(' | ') + 3, -2);

const toFileOfRow = (row: string): string => FILE_OF_ROW.exec(row)?.[1] ?? '';
