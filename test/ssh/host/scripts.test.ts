import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import { HOST_SCRIPTS, loadScript, readScript } from '../../../src/ssh/host/load-script.ts';
import { ensureShellcheck } from '../../../stack/programs/shellcheck.ts';
import { findNeeds, readDeclaredNeeds } from './script-needs.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const SCRIPTS = `${REPOSITORY}src/ssh/host/scripts`;
/** Parts and what is linted as a part of a whole only. */
const OTHER_SCRIPTS = ['stack', 'deploy', 'test'];
/** What can be sent as one argument (`ScriptCall.script`); a stage is sent as input. */
const MAX_ARGUMENT_BYTES = 100 * 1024;

jest.setTimeout(60_000);
const shellcheck = await ensureShellcheck();

const listScripts = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sh'))
    .sort();

const parts = Object.fromEntries(
  listScripts(SCRIPTS).map((file) => [file, readFileSync(`${SCRIPTS}/${file}`, 'utf8')]),
);

const lint = (text: string, exclusions: string): string =>
  spawnSync(shellcheck, ['--shell=sh', `--exclude=${exclusions}`, '-'], { input: text, encoding: 'utf8' }).stdout;

describe('the scripts for hosts', () => {
  it.each(HOST_SCRIPTS)('%s is valid sh', (name) => {
    expect(execFileSync('sh', ['-n'], { input: loadScript(name), encoding: 'utf8' })).toBe('');
  });

  it.each(HOST_SCRIPTS.filter((name) => name !== 'stage'))('%s can be sent as one argument', (name) => {
    expect(Buffer.byteLength(loadScript(name))).toBeLessThan(MAX_ARGUMENT_BYTES);
  });

  it('are made of all parts that are there, each short enough to read', () => {
    const all = HOST_SCRIPTS.map(readScript).join('');
    const texts = Object.values(parts);
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.filter((part) => !all.includes(part))).toEqual([]);
    expect(texts.filter((part) => part.split('\n').length > 350)).toEqual([]);
  });

  it('hold nothing that a host without bash lacks', () => {
    const lines = HOST_SCRIPTS.flatMap((name) => loadScript(name).split('\n')).filter(
      (line) => !line.trim().startsWith('#'),
    );
    expect(lines.filter((line) => /\blocal |\[\[ |<<<|\bfunction \w+ *\{|\bpython|\bkubectl/.test(line))).toEqual([]);
  });

  it.each(HOST_SCRIPTS)('%s passes shellcheck', (name) => {
    // SC2034: of the parts, not each script uses every variable. SC2030, SC2031: subshells keep their variables to themselves on purpose.
    expect(lint(readScript(name), 'SC2034,SC2030,SC2031')).toBe('');
  });

  it('define each function once: of two with the same name, a script would use the last one', () => {
    const names = Object.values(parts).flatMap((text) =>
      [...text.matchAll(/^(\w+)\(\) ?[{(]/gm)].map(([, name]) => name),
    );
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.each(Object.keys(parts))('the part %s names what it needs of the others', (file) => {
    expect(readDeclaredNeeds(parts[file] ?? '')).toEqual(findNeeds(file, parts));
  });

  it.each(HOST_SCRIPTS)('%s has all that its parts need', (name) => {
    const text = readScript(name);
    const needs = Object.values(parts)
      .filter((part) => text.includes(part))
      .flatMap((part) => Object.values(readDeclaredNeeds(part)).flat());
    const isThere = (need: string): boolean => new RegExp(`^ *${need}(\\(\\) ?\\{|=)`, 'm').test(text);
    expect(needs.length).toBeGreaterThan(0);
    expect([...new Set(needs)].filter((need) => !isThere(need))).toEqual([]);
  });
});

describe('the other scripts', () => {
  const others = OTHER_SCRIPTS.flatMap((folder) =>
    listScripts(`${REPOSITORY}${folder}`).map((file) => `${folder}/${file}`),
  );

  it('are found', () => {
    expect(others.length).toBeGreaterThan(5);
  });

  it.each(others)('%s passes shellcheck', (file) => {
    expect(lint(readFileSync(`${REPOSITORY}${file}`, 'utf8'), '')).toBe('');
  });
});
