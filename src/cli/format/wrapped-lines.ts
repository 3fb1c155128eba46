import { stripVTControlCharacters } from 'node:util';

/** Wraps at spaces, so that no line is wider than `columns` unless a single word is; further lines are indented by `indent` spaces. Pure. */
export const toWrappedLines = (text: string, columns: number, indent: number): readonly string[] => {
  const [first = '', ...words] = text.split(' ');
  const lines: string[] = [];
  let line = first;
  for (const word of words) {
    const longer = `${line} ${word}`;
    if (stripVTControlCharacters(longer).length <= columns || line.trim() === '') {
      line = longer;
    } else {
      lines.push(line);
      line = `${' '.repeat(indent)}${word}`;
    }
  }
  return [...lines, line];
};
