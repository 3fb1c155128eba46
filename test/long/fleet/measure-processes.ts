import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From getconf CLK_TCK: the same on every Linux of the last decades. */
const TICKS_PER_SECOND = 100;

/** Processor seconds since their start, by the name of the program, its children included. */
export type ProcessorSeconds = Readonly<Record<string, number>>;

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly seconds: number;
}

/** Of all programs of the stack that run now. @param directory the run's, with the list of its processes */
export const readProcessorSeconds = (directory: string): ProcessorSeconds => {
  const entries = readProcesses();
  const names = readNames(directory);
  const totals: Record<string, number> = {};
  for (const entry of entries.values()) {
    const name = findProgram(entry, entries, names);
    if (name !== undefined) totals[name] = (totals[name] ?? 0) + entry.seconds;
  }
  return totals;
};

/** What each program used between two readings, the greediest first. */
export const toUsed = (before: ProcessorSeconds, after: ProcessorSeconds): ProcessorSeconds =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, seconds]) => [name, seconds - (before[name] ?? 0)] as const)
      .sort(([, one], [, other]) => other - one),
  );

/** The most memory that the process ever had resident, in MB. */
export const readPeakMegabytes = (pid: number): number => {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status has no VmHWM.`);
  return (Number(kibibytes) * 1024) / 1e6;
};

const readNames = (directory: string): ReadonlyMap<number, string> =>
  new Map(
    readFileSync(join(directory, 'processes.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly name: string; readonly pid: number })
      .map(({ name, pid }) => [pid, name]),
  );

/** The one that started it, directly or not. */
const findProgram = (
  entry: ProcessEntry,
  entries: ReadonlyMap<number, ProcessEntry>,
  names: ReadonlyMap<number, string>,
): string | undefined => {
  for (let each: ProcessEntry | undefined = entry; each !== undefined; each = entries.get(each.parent)) {
    const name = names.get(each.pid);
    if (name !== undefined) return name;
  }
  return undefined;
};

const readProcesses = (): ReadonlyMap<number, ProcessEntry> =>
  new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readProcess(Number(name)) ?? [])
      .map((entry) => [entry.pid, entry]),
  );

/** Undefined: it has ended. Fields after the program's name, which may contain blanks: proc_pid_stat(5). */
const readProcess = (pid: number): ProcessEntry | undefined => {
  const stat = readStat(pid);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
  return { pid, parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND };
};

const readStat = (pid: number): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
};
