import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DecommissionReport } from '../../../src/domain/run/report.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { ensureBuiltPackage } from '../../../stack/package/built-package.ts';
import { readCacheDirectory } from '../../../stack/programs/cache-directory.ts';
import type { CliResult, Harness } from './harness.ts';

const { entryPath: ENTRY } = await ensureBuiltPackage();

/** A command of the CLI with no Temporal configured, in a process group of its own as a terminal gives it one. */
export interface EmbeddedCommand {
  readonly pid: number;
  /** Its exit code is -1 after a SIGKILL. */
  readonly ended: Promise<CliResult>;
  /** Waits until it has said this, on either stream. Throws when it ends without. */
  awaitText(text: string): Promise<void>;
  /** Ctrl-C: SIGINT to the group. */
  interrupt(): void;
}

/** A state directory of its own, and commands on it. */
export interface EmbeddedState {
  readonly directory: string;
  start(words: readonly string[]): EmbeddedCommand;
  /** Starts it and waits for its end. */
  finish(words: readonly string[]): Promise<CliResult>;
  /** Those on disk. */
  readReports(): readonly DecommissionReport[];
}

/** The folder of all state directories of the harness. */
export const toStatesDirectory = ({ stack }: Harness): string => join(stack.directory, 'states');

/** Nothing is made yet. The commands find the `temporal` program in the stack's cache: nothing is on their PATH. */
export const toEmbeddedState = (
  harness: Harness,
  name: string,
  settings: Readonly<Record<string, string>> = {},
): EmbeddedState => {
  const directory = join(toStatesDirectory(harness), name);
  const environment = {
    ...harness.environment,
    PATH: '',
    XDG_CACHE_HOME: dirname(readCacheDirectory()),
    TEMPORAL_ADDRESS: '',
    NODE_DECOMMISSION_STATE: directory,
    ...settings,
  };
  const start = (words: readonly string[]): EmbeddedCommand =>
    startCommand(words, environment, harness.stack.directory);
  return {
    directory,
    start,
    finish: async (words) => await start(words).ended,
    readReports: () => {
      const folder = join(directory, 'reports');
      return readdirSync(folder).map(
        (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as DecommissionReport,
      );
    },
  };
};

const startCommand = (
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd: string,
): EmbeddedCommand => {
  const child = spawn(process.execPath, [ENTRY, ...words], {
    cwd,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`\`${words.join(' ')}\` did not start.`);
  const said = { stdout: '', stderr: '' };
  let hasEnded = false;
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = new Promise<CliResult>((resolve) => {
    child.on('close', (code) => {
      hasEnded = true;
      resolve({ exitCode: code ?? -1, ...said });
    });
  });
  return {
    pid,
    ended,
    awaitText: async (text) => {
      const hasSaid = (): boolean => `${said.stdout}\n${said.stderr}`.includes(text);
      const wait = awaitCondition('it is said', () => hasSaid() || hasEnded);
      await Promise.allSettled([wait]);
      if (!hasSaid()) throw new Error(`"${text}" was not said, but:\n${said.stdout}\n${said.stderr}`);
    },
    interrupt: () => {
      process.kill(-pid, 'SIGINT');
    },
  };
};
