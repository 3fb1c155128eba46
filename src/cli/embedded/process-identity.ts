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

/** Fields of /proc/<pid>/stat follow the command name, which may contain spaces and brackets (proc(5)). */
const readFromProc = async (pid: number): Promise<string | undefined> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticksSinceBoot] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || ticksSinceBoot === undefined) return undefined;
    const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${bootId.trim()}:${ticksSinceBoot}`;
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
