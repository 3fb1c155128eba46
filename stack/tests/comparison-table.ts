import { readSection, replaceSection, toCell } from './document-section.ts';

/** The same node, cleaned in several ways. */
export interface Comparison {
  readonly ways: readonly string[];
  /** By what the cluster had on the node: whether each way left it. */
  readonly leftovers: Readonly<Record<string, readonly boolean[]>>;
  /** By what others had on the node: whether each way destroyed it. */
  readonly others: Readonly<Record<string, readonly boolean[]>>;
}

const SECTION = 'comparison';

/** The document with the tables of the comparison. Pure. @throws Error when the document has no place for them. */
export const updateComparison = (document: string, { ways, leftovers, others }: Comparison): string =>
  replaceSection(document, SECTION, [
    ...toTable('of the cluster', ways, leftovers, ['**left**', 'removed']),
    '',
    ...toTable('of others', ways, others, ['**destroyed**', 'unchanged']),
  ]);

/** Whether the document has these tables. Pure. @throws Error when the document has no place for them. */
export const hasComparison = (document: string, comparison: Comparison): boolean =>
  readSection(document, SECTION).join() === readSection(updateComparison(document, comparison), SECTION).join();

const toTable = (
  head: string,
  ways: readonly string[],
  rows: Readonly<Record<string, readonly boolean[]>>,
  [yes, no]: readonly [string, string],
): string[] => [
  `| ${[head, ...ways].join(' | ')} |`,
  `| --- |${' --- |'.repeat(ways.length)}`,
  ...Object.entries(rows).map(
    ([name, marks]) => `| ${[toCell(name), ...marks.map((mark) => (mark ? yes : no))].join(' | ')} |`,
  ),
];
