import { readdirSync, readFileSync } from 'node:fs';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { isErrorWithCode } from '../../../stack/processes/process-group.ts';

/** One process of a `run`: the CLI itself, or the Temporal server that it started. */
export interface StateProcess {
  readonly pid: number;
  readonly isServer: boolean;
}

/**
 * The living processes that work on a state directory: whoever has it in the environment, which children inherit, whether their parent
 * still lives or not. Below a directory: those of all state directories in it. Linux only: reads /proc.
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

/** Empty when the process is gone, only waits to be reaped, or is somebody else's. */
const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => isErrorWithCode(error, code))) return '';
    throw error;
  }
};

/** SIGKILL to those of the processes that `isWanted` picks; resolves with their number when they are gone. */
export const killStateProcesses = async (
  directory: string,
  isWanted: (each: StateProcess) => boolean = () => true,
): Promise<number> => {
  const killed = signalStateProcesses(directory, isWanted);
  await awaitCondition('the killed processes are gone', () => !readStateProcesses(directory).some(isWanted));
  return killed;
};

/** SIGKILL, without waiting for the end. */
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
