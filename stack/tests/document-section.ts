/*
 * Parts of a document that programs write: lines between two comments, e.g. `<!-- cases: written by npm run docs:cases -->` and
 * `<!-- end of cases -->`.
 */

/** The lines of the section. Pure. @throws Error when the document has no such section. */
export const readSection = (document: string, section: string): string[] => {
  const { start, end } = findSection(document, section);
  return document.slice(start, end).split('\n');
};

/** The document with other lines in the section. Pure. @throws Error when the document has no such section. */
export const replaceSection = (document: string, section: string, lines: readonly string[]): string => {
  const { start, end } = findSection(document, section);
  return `${document.slice(0, start)}\n\n${lines.join('\n')}\n\n${document.slice(end)}`;
};

/** Text of one cell of a table: one line, without signs that end the cell or start a tag. */
export const toCell = (text: string): string =>
  text
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('|', '&#124;')
    .replaceAll('<', '&lt;')
    .replaceAll('*', String.raw`\*`)
    .trim();

/** Where its content starts and ends. */
const findSection = (document: string, section: string): { readonly start: number; readonly end: number } => {
  const [first, last] = [`<!-- ${section}: written by npm run docs:cases -->`, `<!-- end of ${section} -->`];
  const start = document.indexOf(first) + first.length;
  const end = document.indexOf(last);
  if (!document.includes(first) || end < start) throw new Error(`The document has no lines "${first}" and "${last}".`);
  return { start, end };
};
