import { readdirSync, readFileSync } from 'node:fs';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { isErrorWithCode } from '../../../stack/processes/process-group.ts';

/** One process of a `run`: the CLI, or the Temporal server that it started. */
export interface StateProcess {
  readonly pid: number;
  readonly isServer: boolean;
}

/**
 * The running processes that use a state directory: those with it in their environment, which children inherit, whether their parent is
 * still running or not. Below a directory: those of all state directories in it. Linux only: reads /proc.
 */
export const readStateProcesses = (directory: string): readonly StateProcess[] =>
  readdirSync('/proc')
    .filter(
      (name) => /^\d+$/.test(name) && toSettings(`/proc/${name}/environ`).some((each) => isBelow(each, directory)),
    )
    .map((name) => ({ pid: Number(name), isServer: readText(`/proc/${name}/cmdline`).includes('\0start-dev\0') }));

const isBelow = (setting: string, directory: string): boolean =>
  `${setting}/`.startsWith(`NODE_DECOMMISSION_STATE=${directory}/`);

const toSettings = (path: string): readonly string[] => readText(path).split('\0');

/** Empty when the process is gone, a zombie, or owned by another user. */
const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => isErrorWithCode(error, code))) return '';
    throw error;
  }
};

/** Kills the processes that `isWanted` selects with SIGKILL; resolves with their number when they are gone. */
export const killStateProcesses = async (
  directory: string,
  isWanted: (each: StateProcess) => boolean = () => true,
): Promise<number> => {
  const killed = signalStateProcesses(directory, isWanted);
  await awaitCondition('the killed processes are gone', () => !readStateProcesses(directory).some(isWanted));
  return killed;
};

/** Sends SIGKILL without waiting until they are gone. */
export const signalStateProcesses = (
  directory: string,
  isWanted: (each: StateProcess) => boolean = () => true,
): number => {
  const wanted = readStateProcesses(directory).filter(isWanted);
  for (const { pid } of wanted) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (!isErrorWithCode(error, 'ESRCH')) throw error;
    }
  }
  return wanted.length;
};
