import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { findReplacedWords, toProse, toShellProse } from './plain-language.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const READ = /\.(ts|sh|md|ya?ml|go|svg|cjs|mjs)$|^Dockerfile$/;
/** The list itself, recorded histories, and files of Go's own. */
const PASSED_OVER = /^test\/architecture\/plain-language|^test\/replay\/histories\/|go\.(mod|sum)$/;

const readProse = (path: string): string => {
  const text = readFileSync(join(REPOSITORY, path), 'utf8');
  if (path.endsWith('.ts')) return toProse(text);
  return path.endsWith('.sh') ? toShellProse(text) : text;
};

describe('the language of messages, comments and documents', () => {
  const paths = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: REPOSITORY, encoding: 'utf8' })
    .split('\n')
    .filter((path) => READ.test(path) && !PASSED_OVER.test(path));

  it('has files to read', () => {
    expect(paths.length).toBeGreaterThan(500);
  });

  it('has none of the replaced words', () => {
    const found = paths.flatMap((path) =>
      findReplacedWords(readProse(path)).map(({ line, word, instead }) => `${path}:${line} "${word}": ${instead}`),
    );
    expect(found).toEqual([]);
  });
});

describe('findReplacedWords', () => {
  it.each([
    ['a word of the list', 'made anew', ['anew']],
    ['two words', 'somebody tells it', ['somebody', 'tells']],
    ['an upper case letter', 'Nobody knows', ['Nobody']],
    ['part of a longer word', 'a renewed message, a foretold one', []],
    ['code in backquotes', 'calls `tell` and `put back`', []],
    ['a plain sentence', 'The node is recreated.', []],
  ])('finds %s', (_case, text, words) => {
    expect(findReplacedWords(text).map(({ word }) => word)).toEqual(words);
  });
});

describe('toProse', () => {
  it.each([
    ['comments', '// one\nconst tell = 1; /* two */', '// one\n                /* two */'],
    ['texts', "say('one', `two ${three} four`);", "    'one', `two ${     } four`  ".replace(',', ' ')],
    ['no paths of imports', "import { a } from './anew.ts';", ' '.repeat(30)],
    ['no names, no regular expressions', 'tell(/anew/);', ' '.repeat(13)],
  ])('keeps %s', (_case, source, prose) => {
    expect(toProse(source)).toBe(prose);
  });
});

describe('toShellProse', () => {
  it.each([
    ['comments and texts', '# one\nsay two "three"', '# one\n        "three"'],
    ['no names, no numbers after a sign', 'say ${#list} $#', '               '],
  ])('keeps %s', (_case, source, prose) => {
    expect(toShellProse(source).trimEnd()).toBe(prose.trimEnd());
  });
});
