import { readFileSync } from 'node:fs';
import { toStartTicks } from '../../src/cli/embedded/process-identity.ts';
import { readErrorCode } from '../../src/domain/text/error-code.ts';

/** Identifies one process, distinct from a later one with the same process ID. */
export interface ProcessIdentity {
  readonly pid: number;
  /** `<boot id>/<start in clock ticks since boot>`: process IDs are reused, also after a reboot; this pair is not. */
  readonly startTime: string;
}

/** `undefined` when the process is gone or a zombie. Linux only: reads /proc. */
export const readProcessIdentity = (pid: number): ProcessIdentity | undefined => {
  const startTicks = toStartTicks(readStat(pid));
  return startTicks === undefined ? undefined : { pid, startTime: `${readBootId()}/${startTicks}` };
};

/** Whether exactly this process, not another one with its process ID, is running. */
export const isRunning = (identity: ProcessIdentity): boolean =>
  readProcessIdentity(identity.pid)?.startTime === identity.startTime;

/**
 * Sends SIGKILL to the process group that this process leads. Does nothing when the process is gone or its ID
 * belongs to another one now.
 * @returns whether a signal was sent
 */
export const killProcessGroup = (identity: ProcessIdentity): boolean => {
  if (!isRunning(identity)) return false;
  try {
    process.kill(-identity.pid, 'SIGKILL');
    return true;
  } catch (error) {
    if (isErrorWithCode(error, 'ESRCH')) return false;
    throw error;
  }
};

/** Whether this is a system error with that code, e.g. `ENOENT`. */
export const isErrorWithCode = (error: unknown, code: string): boolean => readErrorCode(error) === code;

const readStat = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT') || isErrorWithCode(error, 'ESRCH')) return '';
    throw error;
  }
};

const readBootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
