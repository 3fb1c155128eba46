import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPLETION_SCRIPTS } from '../../../src/cli/completion/completion-scripts.ts';

const PROMPT = 'ready> ';
const TAB = '\t';
const RAN = '\nran\n';
const PATIENCE_MILLISECONDS = 30_000;

/** Shells that read lines from a terminal as users know them; fish is asked with its command `complete`. */
export type TypedShell = 'bash' | 'zsh';

/** Installs the completion as docs/command-line.md describes it. @returns how the shell is started */
const prepareShell = (shell: TypedShell, folder: string): { readonly command: string; readonly ZDOTDIR: string } => {
  const home = join(folder, `home-${shell}`);
  mkdirSync(home, { recursive: true });
  if (shell === 'bash') {
    writeFileSync(join(home, 'script'), COMPLETION_SCRIPTS.bash);
    const settings = ["bind 'set bell-style none'", "bind 'set show-all-if-ambiguous on'"];
    writeFileSync(join(home, '.bashrc'), [`PS1='${PROMPT}'`, `source ${join(home, 'script')}`, ...settings].join('\n'));
    return { command: `exec bash --noprofile --rcfile ${join(home, '.bashrc')} -i`, ZDOTDIR: home };
  }
  writeFileSync(join(home, '_node-decommission'), COMPLETION_SCRIPTS.zsh);
  const setup = [
    `PS1='${PROMPT}'`,
    `fpath=(${home} $fpath)`,
    'autoload -Uz compinit',
    'compinit -u -D',
    'unsetopt beep',
  ];
  writeFileSync(join(home, '.zshrc'), setup.join('\n'));
  return { command: 'exec zsh -d -i', ZDOTDIR: home };
};

/**
 * Types `line` and a tab into an interactive shell on a terminal, and presses return once the screen has `expected`.
 * @param folder has the program `node-decommission`, whose output ends with a line `ran`
 * @returns what the terminal showed
 * @throws Error with the screen: the expected text did not appear in time.
 */
export const typeInShell = async (
  shell: TypedShell,
  folder: string,
  { line, expected }: { readonly line: string; readonly expected: string },
): Promise<string> =>
  await new Promise((resolve, reject) => {
    const { command, ZDOTDIR } = prepareShell(shell, folder);
    const words = ['--quiet', '--return', '--command', `stty cols 200 -echoctl && ${command}`, '/dev/null'];
    const environment = { TERM: 'dumb', HOME: ZDOTDIR, ZDOTDIR, SHELL: '/bin/sh', LC_ALL: 'C.UTF-8' };
    const child = spawn('script', words, {
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, ...environment },
    });
    let screen = '';
    const pending = [
      { awaited: PROMPT, typed: line },
      { awaited: line.slice(-8), typed: TAB },
      { awaited: expected, typed: '\r' },
    ];
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${JSON.stringify(pending[0]?.awaited ?? RAN)} did not appear:\n${screen}`));
    }, PATIENCE_MILLISECONDS);
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString().replaceAll('\r\n', '\n');
      const [next] = pending;
      if (next === undefined) {
        // Without its terminal, the shell ends.
        if (screen.includes(RAN)) child.kill('SIGKILL');
        return;
      }
      if (!screen.includes(next.awaited)) return;
      pending.shift();
      child.stdin.write(next.typed);
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(screen);
    });
  });
