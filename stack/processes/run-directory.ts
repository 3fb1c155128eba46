import { randomBytes } from 'node:crypto';
import {
  accessSync,
  appendFileSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { isErrorWithCode, readProcessIdentity } from './process-group.ts';
import type { ProcessIdentity } from './process-group.ts';

export interface RecordedProcess extends ProcessIdentity {
  readonly name: string;
}

/** The folder of one run of the stack: its owner, the processes it started, and all their files. */
export interface RunDirectory {
  readonly runId: string;
  readonly baseDirectory: string;
  readonly path: string;
  /**
   * A folder of the run for files that are flushed at every write: in memory where this machine has enough of it, else `path`. It ends with the
   * run.
   */
  readonly flushedPath: string;
  /** Records the process before it returns, so that a later sweep finds it whatever happens to the owner. */
  recordProcess(recorded: RecordedProcess): void;
  /** Removes the folder and its content. */
  remove(): void;
}

const OWNER_FILE = 'owner.json';
const PROCESSES_FILE = 'processes.jsonl';
/** A file system in memory: there, a flush costs nothing. On a disk, flushes were a sixth of the processor time of end-to-end suites. */
const IN_MEMORY = '/dev/shm';
/** Containers have 64 MiB by default. */
const ENOUGH_MEMORY_BYTES = 2 * 1024 ** 3;

/** The folder that holds the run directories. */
export const toRunsDirectory = (baseDirectory: string): string => join(baseDirectory, 'runs');

/**
 * Creates `<base>/runs/<runId>`, owned by this process.
 * The folder gets its name only once its owner file exists: a sweep never finds one without an owner.
 */
export const createRunDirectory = (baseDirectory: string): RunDirectory => {
  const runId = `${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`;
  const path = join(toRunsDirectory(baseDirectory), runId);
  const unfinished = join(toRunsDirectory(baseDirectory), `.${runId}`);
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  writeFileSync(join(unfinished, OWNER_FILE), JSON.stringify(readProcessIdentity(process.pid)));
  writeFileSync(join(unfinished, PROCESSES_FILE), '');
  renameSync(unfinished, path);
  const flushedPath = hasMemory() ? toPathInMemory(runId) : path;
  mkdirSync(flushedPath, { recursive: true, mode: 0o700 });
  return {
    runId,
    baseDirectory,
    path,
    flushedPath,
    recordProcess: ({ name, pid, startTime }) => {
      appendFileSync(join(path, PROCESSES_FILE), `${JSON.stringify({ name, pid, startTime })}\n`);
    },
    remove: () => {
      removeRun(baseDirectory, runId);
    },
  };
};

/** Removes all files of a run. */
export const removeRun = (baseDirectory: string, runId: string): void => {
  for (const path of [toPathInMemory(runId), join(toRunsDirectory(baseDirectory), runId)]) {
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }
};

const toPathInMemory = (runId: string): string => join(IN_MEMORY, `node-decommission-${runId}`);

const hasMemory = (): boolean => {
  try {
    accessSync(IN_MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ENOUGH_MEMORY_BYTES;
  } catch {
    // There is none, as on macOS: the disk does as well.
    return false;
  }
};

/** The process that started the run; `undefined` when the folder has been removed in the meantime. */
export const readOwner = (runPath: string): ProcessIdentity | undefined => {
  const text = readTextIfThere(join(runPath, OWNER_FILE));
  return text === undefined ? undefined : (JSON.parse(text) as ProcessIdentity);
};

/** The processes of a run in the order of their start. An incomplete last line, after a kill, is skipped. */
export const readRecordedProcesses = (runPath: string): RecordedProcess[] =>
  (readTextIfThere(join(runPath, PROCESSES_FILE)) ?? '')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RecordedProcess);

const readTextIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};
