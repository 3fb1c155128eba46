import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Identifies one process: a pid alone is reused. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the format of this operating system; only compared. */
  readonly startedAt: string;
}

/** The process of that pid; undefined when it is dead. A zombie counts as dead: it holds no port and no file. */
export const readProcessIdentity = async (pid: number): Promise<ProcessIdentity | undefined> => {
  const startedAt = process.platform === 'linux' ? await readFromProc(pid) : await readFromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
};

/** True while this process is alive, and its pid is not reused. */
export const isProcessAlive = async ({ pid, startedAt }: ProcessIdentity): Promise<boolean> =>
  (await readProcessIdentity(pid))?.startedAt === startedAt;

/**
 * When a process started, in clock ticks since boot, from its /proc/<pid>/stat; undefined for a zombie and without a process.
 * The fields follow the command name, which may contain spaces and brackets (proc(5)).
 */
export const toStartTicks = (stat: string): string | undefined => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
};

const readFromProc = async (pid: number): Promise<string | undefined> => {
  try {
    const startTicks = toStartTicks(await readFile(`/proc/${pid}/stat`, 'utf8'));
    if (startTicks === undefined) return undefined;
    const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${bootId.trim()}:${startTicks}`;
  } catch {
    return undefined; // No such process.
  }
};

const readFromPs = async (pid: number): Promise<string | undefined> => {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() === '' ? undefined : stdout.trim();
  } catch {
    return undefined; // `ps` exits with 1 when there is no such process.
  }
};
