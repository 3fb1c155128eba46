import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { runCli } from '../../src/cli/main.ts';
import { createStreams } from '../cli/recorded-output.ts';
import { toInput } from '../cli/typed-input.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(REPOSITORY, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

const PROGRAM =
  /^(?:[A-Z_]+=\S+ )*(?:node-decommission|kubectl decommission|docker compose exec worker node dist\/bin\.js) /;

/** The commands of a shell block: pipelines are split, comments and continuation lines are joined. */
const toCommands = (block: string): readonly string[] =>
  block
    .replaceAll('\\\n', ' ')
    .split(/\n|\s\|\s/)
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

const COMMANDS = DOCUMENTS.flatMap((path) => {
  const blocks = readFileSync(join(REPOSITORY, path), 'utf8').matchAll(/^ *```(?:sh|bash)\n([\s\S]*?)^ *```/gm);
  return [...blocks].flatMap(([, block = '']) => toCommands(block).map((command) => ({ path, command })));
});

const OWN = COMMANDS.filter(({ command }) => PROGRAM.test(command)).map(({ path, command }) => ({
  path,
  command,
  words: command.replace(PROGRAM, '').split(/\s+/),
}));

/** Of `pod retry` and its siblings each has its own flags, as has `replacements skip`. */
const toVerb = ([first = '', second = '']: readonly string[]): readonly string[] =>
  first === 'pod' || first === 'replacements' ? [first, second] : [first];

const readHelp = async (verb: readonly string[]): Promise<string> => {
  const { streams, readStdout } = createStreams();
  const context = { environment: {}, ...streams, stdin: toInput(), programName: 'node-decommission' };
  await runCli([...verb, '--help'], { ...context, interruption: new AbortController().signal });
  return readStdout();
};

describe('the commands in the documents', () => {
  it('are found', () => {
    expect(OWN.length).toBeGreaterThan(20);
  });

  it.each(OWN)('$path: $command', async ({ words }) => {
    const verb = toVerb(words);
    const help = await readHelp(verb);
    expect(help).toContain(`Usage: node-decommission ${verb.join(' ')} `);
    const flags = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0] ?? '');
    expect(flags.filter((flag) => !new RegExp(`(^|\\s)${flag}\\b`, 'm').test(help))).toEqual([]);
  });

  it('can be pasted: no verb stands without its program', async () => {
    const help = await readHelp(['']);
    const verbs = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, verb]) => verb);
    expect(verbs).toContain('watch');
    expect(COMMANDS.filter(({ command }) => verbs.includes(command.split(' ')[0]))).toEqual([]);
  });
});
