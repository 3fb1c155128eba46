import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { awaitCondition } from './await-condition.ts';
import { killProcessGroup, readProcessIdentity } from './process-group.ts';
import type { ProcessIdentity } from './process-group.ts';
import type { RunDirectory } from './run-directory.ts';

export interface ProcessDescription {
  /** Used for the log file and in messages. */
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** The environment of the process, beside a setting for Go programs; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How a server is stopped: SIGTERM lets it finish its work, SIGKILL does not. */
export type StopSignal = 'SIGTERM' | 'SIGKILL';

/** A server program of the stack, in its own process group. */
export interface ManagedProcess {
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly logPath: string;
  isRunning(): boolean;
  /**
   * @throws Error with the end of the log: the process is no longer running.
   */
  checkRunning(): void;
  /** Stops the process and waits until it is gone. Sends SIGKILL 60 s after a SIGTERM. */
  stop(signal: StopSignal): Promise<void>;
}

/**
 * From util-linux, essential on Debian: makes the kernel kill the program when the owner's thread that started it dies for any reason.
 * Without it, the sweep of the next start kills the program.
 */
const SETPRIV = '/usr/bin/setpriv';
/** Go programs with small heaps collect garbage all the time; memory costs the tests less than time. */
const QUICK_GARBAGE_COLLECTION = { GOGC: '400' };
const TERMINATION_TIMEOUT_MILLISECONDS = 60_000;

/**
 * Starts a program that runs until it is stopped or its owner, this process, dies.
 * Standard output and error are appended to `<run>/<name>.log`. Ctrl-C in the terminal does not reach it.
 * @throws Error when the program cannot be started.
 */
export const startProcess = (run: RunDirectory, description: ProcessDescription): ManagedProcess => {
  const { name } = description;
  const logPath = join(run.path, `${name}.log`);
  const log = openSync(logPath, 'a');
  const tiedToOwner = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', '--'] : [];
  const [command, ...rest] = [...tiedToOwner, description.command, ...description.arguments];
  const child = spawn(command!, rest, {
    cwd: run.path,
    detached: true,
    env: { ...QUICK_GARBAGE_COLLECTION, ...description.environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let spawnError = '';
  child.on('error', (error) => {
    spawnError = error.message;
  });
  child.unref();
  const identity = child.pid === undefined ? undefined : readProcessIdentity(child.pid);
  if (identity === undefined) {
    throw new Error(`${name} did not start: ${spawnError || readLogEnd(logPath)}`);
  }
  run.recordProcess({ name, ...identity });
  // Not from /proc: there a killed process counts as dead while its last threads still hold its ports.
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;

  return {
    name,
    identity,
    logPath,
    isRunning: isAlive,
    checkRunning: () => {
      if (!isAlive()) throw new Error(`${name} exited unexpectedly. The end of its log:\n${readLogEnd(logPath)}`);
    },
    stop: async (signal) => {
      if (signal === 'SIGTERM') {
        child.kill('SIGTERM');
        const deadline = Date.now() + TERMINATION_TIMEOUT_MILLISECONDS;
        await awaitCondition(`${name} is gone`, () => !isAlive() || Date.now() > deadline, {
          timeoutMilliseconds: 2 * TERMINATION_TIMEOUT_MILLISECONDS,
        });
      }
      killProcessGroup(identity);
      await awaitCondition(`${name} is gone`, () => !isAlive());
    },
  };
};

/** The last lines of a log, for a message. */
export const readLogEnd = (logPath: string): string =>
  readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
