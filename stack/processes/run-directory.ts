import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
  /** Records the process before it returns, so that a later sweep finds it whatever happens to the owner. */
  recordProcess(recorded: RecordedProcess): void;
  /** Removes the folder and its content. */
  remove(): void;
}

const OWNER_FILE = 'owner.json';
const PROCESSES_FILE = 'processes.jsonl';

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
  return {
    runId,
    baseDirectory,
    path,
    recordProcess: ({ name, pid, startTime }) => {
      appendFileSync(join(path, PROCESSES_FILE), `${JSON.stringify({ name, pid, startTime })}\n`);
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
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
