import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { plantFiles, REPOSITORY } from './plant-files.ts';

const LONGEST_FILE_LINES = 350;

const work = 'const work = async (): Promise<number> => await Promise.resolve(1);';

/** A planted file, and the rule that must catch it. */
const VIOLATIONS: readonly (readonly [rule: string, file: string, statement: string])[] = [
  ['typescript(no-floating-promises)', 'src/worker/floating.ts', `${work} work();`],
  ['typescript(no-misused-promises)', 'src/worker/misused.ts', `${work} export const all = [1].filter(() => work());`],
  ['typescript(await-thenable)', 'src/worker/await.ts', 'export const run = async (): Promise<number> => await 1;'],
  [
    'typescript(no-unnecessary-condition)',
    'src/worker/condition.ts',
    'export const run = (text: string): string => text ?? "";',
  ],
  [
    'typescript(switch-exhaustiveness-check)',
    'src/worker/exhaustive.ts',
    "export const run = (kind: 'a' | 'b'): number => { let n = 0; switch (kind) { case 'a': n = 1; } return n; };",
  ],
  [
    'typescript(no-unsafe-assignment)',
    'src/worker/unsafe.ts',
    "export const value: { readonly a: string } = JSON.parse('{}');",
  ],
  ['typescript(only-throw-error)', 'src/worker/throw.ts', "export const run = (): never => { throw 'text'; };"],
  ['typescript(no-explicit-any)', 'src/worker/any.ts', 'export const run = (value: any): boolean => Boolean(value);'],
  ['typescript(no-non-null-assertion)', 'src/worker/bang.ts', 'export const run = (value?: string): string => value!;'],
  ['typescript(explicit-module-boundary-types)', 'src/worker/type.ts', 'export const run = () => 1;'],
  [
    'typescript(consistent-type-imports)',
    'src/worker/import.ts',
    "import { Stats } from 'node:fs'; export type Mine = Stats;",
  ],
  ['eslint(no-unused-vars)', 'src/worker/unused.ts', 'const unused = 1; export const used = 2;'],
  ['eslint(func-style)', 'src/worker/function.ts', 'export function run(): number { return 1; }'],
  ['eslint(eqeqeq)', 'src/worker/equal.ts', 'export const run = (value: string): boolean => value == "1";'],
  ['eslint(no-console)', 'src/worker/console.ts', "console.log('text');"],
  [
    'eslint(complexity)',
    'src/worker/complex.ts',
    `export const run = (n: number): boolean => ${Array.from({ length: 11 }, (_, at) => `n === ${at}`).join(' || ')};`,
  ],
  ['eslint(max-lines)', 'test/long.test.ts', 'export const line = 1;'.padEnd(LONGEST_FILE_LINES + 22, '\n')],
  ['import(no-default-export)', 'src/worker/default.ts', 'export default 1;'],
  ['eslint(no-restricted-globals)', 'src/domain/clock.ts', 'export const now = (): number => Date.now();'],
  ['eslint(no-restricted-globals)', 'src/workflows/timer.ts', 'setTimeout(() => undefined, 1);'],
  [
    'eslint(no-restricted-imports)',
    'src/domain/built-in.ts',
    "import { join } from 'node:path'; export const j = join;",
  ],
];

/** What looks similar and is right. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/workflows/clock.ts': 'export const now = (): number => Date.now();',
  'src/worker/timer.ts': 'setTimeout(() => undefined, 1);',
  'src/worker/generator.ts': 'export const run = function* (): Generator<number> { yield 1; };',
  'test/bang.ts': 'export const run = (value?: string): string => value!;',
};

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

describe('lint rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lint-rules-'));
  let diagnostics: readonly Diagnostic[] = [];

  beforeAll(() => {
    plantFiles(folder, { violations: VIOLATIONS, allowed: ALLOWED, rulesFile: '.oxlintrc.json' });
    const { stdout } = spawnSync(join(REPOSITORY, 'node_modules/.bin/oxlint'), ['--format=json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    diagnostics = (JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] }).diagnostics;
  }, 60_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(VIOLATIONS)('%s catches %s', (rule, file) => {
    expect(diagnostics.filter(({ filename }) => filename === file).map(({ code }) => code)).toContain(rule);
  });

  it('has no objection to what is allowed', () => {
    expect(diagnostics.filter(({ filename }) => filename in ALLOWED)).toEqual([]);
  });
});
