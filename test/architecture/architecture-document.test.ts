import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { STEP_NAMES } from '../../src/domain/run/report.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENT = readFileSync(join(REPOSITORY, 'ARCHITECTURE.md'), 'utf8');

const PATH = /`((?:src|test|stack|docs|deploy|bench)\/[^`*…]*)`/g;
const paths = [...DOCUMENT.matchAll(PATH)].flatMap(([, path]) => (path === undefined ? [] : [path]));

/** Rows of the step table name files below the folder that the column's head names. */
const toStepPaths = (row: string): readonly string[] => {
  const [, , , activities = '', decisions = ''] = row.split('|');
  const below = (folder: string, cell: string): string[] =>
    [...cell.matchAll(/`([^`]+\.ts)`/g)].map(([, path]) => `${folder}/${path ?? ''}`);
  return [...below('src/activities', activities), ...below('src/domain', decisions)];
};

const listFolders = (folder: string): readonly string[] =>
  readdirSync(join(REPOSITORY, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`);

/** At any depth. */
const listAllFolders = (folder: string): readonly string[] => [
  folder,
  ...listFolders(folder).flatMap((each) => listAllFolders(each)),
];

/** All of a folder's programs as one text. */
const readCode = (folder: string): string =>
  readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|sh|go)$/.test(path) && !path.endsWith('architecture-document.test.ts'))
    .map((path) => readFileSync(join(REPOSITORY, folder, path), 'utf8'))
    .join('\n');

describe('ARCHITECTURE.md', () => {
  it('names many paths, and each exists', () => {
    expect(paths.length).toBeGreaterThan(100);
    expect(paths.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });

  it('names constants and functions that exist', () => {
    const names = [...DOCUMENT.matchAll(/`([A-Za-z]+[A-Z_][A-Za-z_]*)`/g)].flatMap(([, name]) => name ?? []);
    const code = ['src', 'stack', 'test', 'scheduler'].map(readCode).join('\n');
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });

  it('names files of each step that exist', () => {
    const rows = DOCUMENT.split('\n').filter((line) => line.includes('| `src/workflows/'));
    const named = rows.flatMap(toStepPaths);
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });

  it('has a row for each step, in order', () => {
    const named = [...DOCUMENT.matchAll(/^\| `(\w+)` +\| `src\/workflows\//gm)].map(([, name]) => name);
    expect(named).toEqual(STEP_NAMES);
  });

  it.each(['src', 'stack', ...listFolders('src')])('names every folder of %s', (folder) => {
    const missing = listFolders(folder).filter(
      (path) => !DOCUMENT.includes(`\`${path}/\``) && !DOCUMENT.includes(`\`${path}.ts\``),
    );
    expect(missing).toEqual([]);
  });

  it.each(listAllFolders('src'))('%s has at most 25 files', (folder) => {
    const files = readdirSync(join(REPOSITORY, folder), { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeLessThanOrEqual(25);
  });
});
