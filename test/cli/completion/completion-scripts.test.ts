import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { COMPLETION_SCRIPTS } from '../../../src/cli/completion/completion-scripts.ts';
import { ensureShells, readShellsObstacle } from '../../../stack/programs/shells.ts';
import { typeInShell, type TypedShell } from './type-in-shell.ts';

jest.setTimeout(300_000);

const obstacle = readShellsObstacle();
if (obstacle === undefined) await ensureShells();
else process.stderr.write(`\n== Completion in bash, zsh and fish WAS NOT TRIED. ${obstacle}\n`);

/** What the stand-in for the program prints, by its arguments. */
const ANSWERS: Readonly<Record<string, string>> = {
  '__complete pl': 'plan\tshow a plan\n:4',
  '__complete plan --context arn:': 'arn:aws:one\narn:aws:two\n:4',
  '__complete plan --host-cleanup=s': '--host-cleanup=skip\n:4',
  '__complete plan --host-cleanup=': '--host-cleanup=required\n--host-cleanup=skip\n:4',
  '__complete plan node-1 ': 'node-2\nnode-3\n:4',
  '__complete run -f ': ':0',
};

(obstacle === undefined ? describe : describe.skip)('the completion scripts', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node-decommission-completion-'));
    const cases = Object.entries(ANSWERS).map(([words, answer]) => `'${words}') printf '%s\\n' '${answer}' ;;`);
    const program = join(folder, 'node-decommission');
    await writeFile(program, `#!/bin/bash\nIFS=' '\ncase "$*" in\n${cases.join('\n')}\n*) echo ran ;;\nesac\n`);
    await chmod(program, 0o755);
    for (const [shell, script] of Object.entries(COMPLETION_SCRIPTS)) await writeFile(join(folder, shell), script);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** As readline calls it: bash has split the words at `=` and `:`. */
  const completeInBash = async (line: string, words: readonly string[]): Promise<readonly string[]> => {
    const script = `
      source ${join(folder, 'bash')}
      COMP_LINE=$1 COMP_POINT=\${#1}; shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _node_decommission
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', line, ...words], {
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    });
    return stdout.split('\n').slice(0, -1);
  };

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['node-decommission pl', ['node-decommission', 'pl'], ['plan']],
    ['node-decommission plan node-1 ', ['node-decommission', 'plan', 'node-1', ''], ['node-2', 'node-3']],
    [
      'node-decommission plan --context arn:',
      ['node-decommission', 'plan', '--context', 'arn', ':'],
      ['aws:one', 'aws:two'],
    ],
    ['node-decommission plan --host-cleanup=s', ['node-decommission', 'plan', '--host-cleanup', '=', 's'], ['skip']],
    [
      'node-decommission plan --host-cleanup=',
      ['node-decommission', 'plan', '--host-cleanup', '='],
      ['required', 'skip'],
    ],
    ['node-decommission run -f ', ['node-decommission', 'run', '-f', ''], ['']],
  ])('complete %j in bash', async (line, words, expected) => {
    expect(await completeInBash(line, words)).toEqual(expected);
  });

  it.each<readonly [TypedShell, string, string]>(
    (['bash', 'zsh'] as const).flatMap((shell) => [
      [shell, 'node-decommission pl', 'node-decommission plan'],
      [shell, 'node-decommission plan node-1 ', 'node-1 node-'],
      [shell, 'node-decommission plan --context arn:', 'arn:aws:'],
      [shell, 'node-decommission plan --host-cleanup=s', '--host-cleanup=skip'],
    ]),
  )('complete at once in an interactive %s: %j and a tab', async (shell, line, expected) => {
    expect(await typeInShell(shell, folder, { line, expected })).toContain(expected);
  });

  it.each<readonly [string, readonly string[]]>([
    ['node-decommission pl', ['plan\tshow a plan']],
    ['node-decommission plan --context arn:', ['arn:aws:one', 'arn:aws:two']],
    ['node-decommission plan --host-cleanup=s', ['--host-cleanup=skip']],
  ])('complete %j in fish', async (line, expected) => {
    const command = `source ${join(folder, 'fish')}; complete --do-complete ${JSON.stringify(line)}`;
    const { stdout } = await promisify(execFile)('fish', ['--no-config', '--command', command], {
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder },
    });
    expect(stdout.trimEnd().split('\n')).toEqual(expected);
  });
});
