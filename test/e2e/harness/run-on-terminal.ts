import { spawn } from 'node:child_process';
import { ensureBuiltPackage } from '../../../stack/package/built-package.ts';
import type { Harness } from './harness.ts';

const { entryPath: ENTRY } = await ensureBuiltPackage();

export interface TerminalResult {
  readonly exitCode: number;
  /** What the terminal showed: both outputs, and what was typed. */
  readonly screen: string;
}

const toShellWord = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Runs the command line on a terminal of its own, of 80 columns, and types `early` at once and `answer` when the screen has `question`. */
export const runOnTerminal = async (
  harness: Pick<Harness, 'environment' | 'stack'>,
  words: readonly string[],
  { question, answer, early = '' }: { readonly question: string; readonly answer: string; readonly early?: string },
): Promise<TerminalResult> =>
  await new Promise((resolve, reject) => {
    const command = ['stty', 'cols', '80', '&&', 'exec', ...[process.execPath, ENTRY, ...words].map(toShellWord)];
    const child = spawn('script', ['--quiet', '--return', '--command', command.join(' '), '/dev/null'], {
      cwd: harness.stack.directory,
      env: { ...harness.environment, NO_COLOR: '1', TERM: 'xterm', SHELL: '/bin/sh' },
    });
    let screen = '';
    let isAnswered = false;
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString();
      if (isAnswered || !screen.includes(question)) return;
      isAnswered = true;
      child.stdin.write(answer);
    });
    child.stdin.write(early);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ exitCode: code ?? -1, screen: screen.replaceAll('\r\n', '\n') });
    });
  });
