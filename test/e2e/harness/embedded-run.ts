import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DecommissionReport } from '../../../src/domain/run/report.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { ensureBuiltPackage } from '../../../stack/package/built-package.ts';
import { readCacheDirectory } from '../../../src/config/cache-directory.ts';
import type { CliResult, Harness } from './harness.ts';

const { entryPath: ENTRY } = await ensureBuiltPackage();

/** A command of the CLI without a Temporal configuration, in its own process group as in a terminal. */
export interface EmbeddedCommand {
  readonly pid: number;
  /** Its exit code is -1 after a SIGKILL. */
  readonly ended: Promise<CliResult>;
  /**
   * Waits until it has printed this, on either stream.
   * @throws Error when it exits without printing it.
   */
  awaitText(text: string): Promise<void>;
  /** Ctrl-C: SIGINT to the group. */
  interrupt(): void;
}

/** A separate state directory, and commands that use it. */
export interface EmbeddedState {
  readonly directory: string;
  start(words: readonly string[]): EmbeddedCommand;
  /** Starts it and waits until it exits. */
  finish(words: readonly string[]): Promise<CliResult>;
  /** The reports on disk. */
  readReports(): readonly DecommissionReport[];
}

/** The folder of all state directories of the harness: dev servers flush their files at every transaction. */
export const toStatesDirectory = ({ stack }: Harness): string =>
  join(stack.flushedDirectory, basename(stack.directory), 'states');

/** Creates nothing. The commands find the `temporal` program in the stack's cache: nothing is on their PATH. */
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
  const output = { stdout: '', stderr: '' };
  let hasEnded = false;
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = new Promise<CliResult>((resolve) => {
    child.on('close', (code) => {
      hasEnded = true;
      resolve({ exitCode: code ?? -1, ...output });
    });
  });
  return {
    pid,
    ended,
    awaitText: async (text) => {
      const hasPrinted = (): boolean => `${output.stdout}\n${output.stderr}`.includes(text);
      const wait = awaitCondition('the text is printed', () => hasPrinted() || hasEnded);
      await Promise.allSettled([wait]);
      if (!hasPrinted()) throw new Error(`"${text}" was not printed. Output:\n${output.stdout}\n${output.stderr}`);
    },
    interrupt: () => {
      process.kill(-pid, 'SIGINT');
    },
  };
};
