import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { isErrorWithCode, isRunning, killProcessGroup } from './process-identity.ts';
import { readOwner, readRecordedProcesses, toRunsDirectory } from './run-directory.ts';
import { toPortsDirectory } from './reserve-ports.ts';

export interface SweptRun {
  readonly runId: string;
  /** Names of the processes that were still running and got SIGKILL. */
  readonly killedProcesses: readonly string[];
}

/**
 * Clears away what runs left whose owner is gone: kills each recorded process that is still the same one
 * (number and start time), removes the run directory, then the port reservations of runs that are no more.
 * Runs with a living owner stay untouched. Safe while other runs start, stop or sweep.
 */
export function sweepRuns(baseDirectory: string): SweptRun[] {
  const runsDirectory = toRunsDirectory(baseDirectory);
  const swept: SweptRun[] = [];
  for (const runId of listIfThere(runsDirectory).filter((name) => !name.startsWith('.'))) {
    const path = join(runsDirectory, runId);
    const owner = readOwner(path);
    if (owner === undefined || isRunning(owner)) continue;
    const killedProcesses = killRecordedProcesses(path);
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    swept.push({ runId, killedProcesses });
  }
  releasePortsOfGoneRuns(baseDirectory);
  return swept;
}

/**
 * Sends SIGKILL to each process of a run that is still the recorded one (number and start time).
 * @returns their names; empty when none was running any more
 */
export function killRecordedProcesses(runPath: string): string[] {
  return readRecordedProcesses(runPath)
    .filter((recorded) => killProcessGroup(recorded))
    .map((recorded) => recorded.name);
}

function releasePortsOfGoneRuns(baseDirectory: string): void {
  const portsDirectory = toPortsDirectory(baseDirectory);
  for (const port of listIfThere(portsDirectory)) {
    const reservation = join(portsDirectory, port);
    try {
      const runId = readFileSync(reservation, 'utf8');
      // An empty file is a reservation in the making.
      if (runId !== '' && !existsSync(join(toRunsDirectory(baseDirectory), runId)))
        rmSync(reservation, { force: true });
    } catch (error) {
      if (!isErrorWithCode(error, 'ENOENT')) throw error;
    }
  }
}

function listIfThere(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return [];
    throw error;
  }
}
