import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ProcessUse } from '../record/benchmark-record.ts';

/** From getconf CLK_TCK: the same on every Linux of the last decades. */
const TICKS_PER_SECOND = 100;
const SAMPLE_MILLISECONDS = 50;

/** What a process uses while it is observed. */
export interface ProcessObserver {
  /** Ends the observation. */
  stop(): ProcessUse;
}

/**
 * Observes a process that keeps running: the processor time of all its threads, and its resident memory, read twenty times a second.
 * @throws Error when the process is gone.
 */
export const observeProcess = (name: string, pid: number): ProcessObserver => {
  const before = readCpuSeconds(pid, [11, 12]);
  const memory = sampleMemory(pid);
  return {
    stop: () => ({ name, cpuSeconds: readCpuSeconds(pid, [11, 12]) - before, peakMegabytes: memory.stop() }),
  };
};

export interface ObservedCommand {
  readonly stdout: string;
  readonly stderr: string;
  /** `null`: it was killed, because it took longer than the limit. */
  readonly exitCode: number | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly use: ProcessUse;
}

export interface CommandToObserve {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** It is killed then. */
  readonly timeoutMilliseconds: number;
}

/**
 * Runs a command to its end. Its processor time is what the kernel adds to this process when the command has ended, as for the command `time`;
 * so no other child of this process may end meanwhile. An exit code other than 0 is a result.
 * @throws Error when it cannot be started.
 */
export const runObserved = async (observed: CommandToObserve): Promise<ObservedCommand> => {
  const before = readCpuSeconds('self', [13, 14]);
  const startedAt = Date.now();
  const child = spawn(observed.command, observed.arguments, {
    env: { ...observed.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: observed.timeoutMilliseconds,
    killSignal: 'SIGKILL',
  });
  const memory = child.pid === undefined ? undefined : sampleMemory(child.pid);
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  let endedAt = 0;
  child.on('exit', () => {
    endedAt = Date.now();
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const cpuSeconds = readCpuSeconds('self', [13, 14]) - before;
  return {
    stdout: Buffer.concat(stdout).toString('utf8'),
    stderr: Buffer.concat(stderr).toString('utf8'),
    exitCode,
    startedAt,
    endedAt,
    use: { name: observed.name, cpuSeconds, peakMegabytes: memory?.stop() ?? 0 },
  };
};

const sampleMemory = (pid: number): { readonly stop: () => number } => {
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(peak, readResidentMegabytes(pid) ?? 0);
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MILLISECONDS);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return peak;
    },
  };
};

/** Undefined: the process has ended. */
const readResidentMegabytes = (pid: number): number | undefined => {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readProcessFile(pid, 'status') ?? '') ?? [];
  return kibibytes === undefined ? undefined : (Number(kibibytes) * 1024) / 1e6;
};

/**
 * Fields after the program's name, which may contain blanks: 11 and 12 are the process's own user and system time, 13 and 14 those of its
 * children that have ended (proc_pid_stat(5)).
 */
const readCpuSeconds = (pid: number | 'self', fields: readonly number[]): number => {
  const stat = readProcessFile(pid, 'stat');
  if (stat === undefined) throw new Error(`Process ${pid} has ended.`);
  const all = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(all[field]), 0) / TICKS_PER_SECOND;
};

const readProcessFile = (pid: number | 'self', file: string): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
};
