import ts from 'typescript';

/** Words that the project does not use, and what it uses instead. Every entry stands for its whole kind. */
export const REPLACED_WORDS: readonly (readonly [found: RegExp, instead: string])[] = [
  [/\banew\b/i, 'again; recreate'],
  [/\b(somebody|nobody)\b/i, 'another client, another user, no one; better the actor'],
  [/\b(go|goes|going|gone|went) on\b/i, 'continue, proceed, keep running'],
  [/\ball the same\b/i, 'anyway'],
  [/\b(let|lets|letting) go\b/i, 'release'],
  [/\bforg(ive|ives|iven|ave)\b/i, 'ignore'],
  [/\bbef(all|alls|ell|allen)\b/i, 'happen'],
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\b(tell|tells|telling|told)\b/i, 'report, log, return, print, notify'],
  [/\b(say|says|saying|said)\b/i, 'report, state, mean'],
  [/\b(strike|strikes|striking|struck)\b/i, 'kill, interrupt, fail'],
  [/\bfates?\b/i, 'presence, outcome'],
  [/\b(look|looks|looked|looking) (at|whether|there|after|again|once|into)\b/i, 'check, read, inspect'],
  [/\b(a|one|each|every|last|first|another|uncached|this|that) look\b/i, 'check, read'],
  [/\bmanner\b/i, 'mode, way'],
  [/\bnamesakes?\b/i, 'recreated node'],
  [/\b(put|puts|putting) (\w+ )?back\b/i, 'undo, restore'],
  [/\b(roll|rolls|rolled|rolling) back\b/i, 'undo'],
  [/\bshall\b/i, 'should, must, will'],
  [/\bfor want of\b/i, 'because … is not available'],
  [/\bin between\b/i, 'intercepted; meanwhile'],
  [/\bway to (the|a|its|their|each) (hosts?|nodes?)\b/i, "the host's connection settings"],
  [/\bis not known\b/i, 'is unknown'],
  [/\b(a|one|the) person\b/i, 'an operator'],
  [/\bspeaks? (against|for)\b/i, 'no problems found'],
  [/\b(what|whom?) (it|they|each|a pod|pods) waits? for\b/i, 'waiting for'],
  [/\bby hand\b/i, 'manually'],
  [/\b(lest|albeit|thereof|hitherto|whence|thence|hither)\b/i, 'a word of today'],
  [/\bin vain\b/i, 'without effect'],
  [/\b(hear|hears|heard)\b/i, 'receive'],
  [/\b(is|are|be|was|were) (had|to be had)\b/i, 'available'],
];

export interface ReplacedWord {
  readonly line: number;
  readonly word: string;
  readonly instead: string;
}

/** The words of the list in a text that people read; `line` counts from 1. Text in backquotes is code and is passed over. Pure. */
export const findReplacedWords = (text: string): readonly ReplacedWord[] =>
  text.split('\n').flatMap((line, index) => {
    const prose = line.replaceAll(/`[^`]*`/g, '``');
    return REPLACED_WORDS.flatMap(([found, instead]) => {
      const word = found.exec(prose)?.[0];
      return word === undefined ? [] : [{ line: index + 1, word, instead }];
    });
  });

/** Comments and texts of a TypeScript file at their lines, everything else blank: names of code are no prose. Pure. */
export const toProse = (source: string): string => {
  const { texts, ends } = readTexts(source);
  let prose = '';
  for (let at = 0; at < source.length;) {
    const end = ends.get(at) ?? readCommentEnd(source, at);
    const passage = source.slice(at, end ?? at + 1);
    prose += texts.has(at) || (end !== undefined && !ends.has(at)) ? passage : passage.replaceAll(/[^\n]/g, ' ');
    at += passage.length;
  }
  return prose;
};

/** Where each literal starts and ends; `texts` are the starts of those that are prose: no path of an import, no regular expression. */
const readTexts = (source: string): { readonly texts: ReadonlySet<number>; readonly ends: Map<number, number> } => {
  const file = ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest, true);
  const texts = new Set<number>();
  const ends = new Map<number, number>();
  const visit = (node: ts.Node): void => {
    if (
      !ts.isNumericLiteral(node) &&
      (ts.isLiteralExpression(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
    ) {
      const start = node.getStart(file);
      ends.set(start, node.end);
      const isPath = ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent);
      if (!isPath && !ts.isRegularExpressionLiteral(node)) texts.add(start);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { texts, ends };
};

const readCommentEnd = (source: string, at: number): number | undefined => {
  const opening = source.slice(at, at + 2);
  if (opening !== '//' && opening !== '/*') return undefined;
  const closing = source.indexOf(opening === '//' ? '\n' : '*/', at + 2);
  if (closing === -1) return source.length;
  return opening === '//' ? closing : closing + 2;
};

/** Comments and quoted texts of a shell script, everything else blank. Pure. */
export const toShellProse = (source: string): string =>
  source.replaceAll(/(^|\s)#[^\n]*|"(?:[^"\\]|\\.)*"|'[^']*'|[^\n]/g, (passage: string) =>
    passage.length > 1 ? passage : ' ',
  );
