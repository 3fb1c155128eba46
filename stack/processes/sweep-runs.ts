import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { removeRunCgroups } from '../hosts/cgroups.ts';
import { isErrorWithCode, isRunning, killProcessGroup } from './process-group.ts';
import { readOwner, readRecordedProcesses, removeRun, toRunsDirectory } from './run-directory.ts';
import { toPortsDirectory } from './reserve-ports.ts';

export interface SweptRun {
  readonly runId: string;
  /** Names of the processes that were still running and got SIGKILL. */
  readonly killedProcesses: readonly string[];
}

/**
 * Removes what is left of runs whose owner is gone: kills each recorded process that is still the same one (process ID and start time),
 * removes the cgroups of its real nodes, the run directory, then the port reservations of runs that no longer exist.
 * Mounts, network namespaces and links of real nodes end with their processes. What cannot be removed yet is left to the next sweep.
 * Runs with a running owner are left alone. Safe while other runs start, stop or sweep.
 */
export const sweepRuns = (baseDirectory: string): SweptRun[] => {
  const runsDirectory = toRunsDirectory(baseDirectory);
  const swept: SweptRun[] = [];
  for (const runId of listIfThere(runsDirectory).filter((name) => !name.startsWith('.'))) {
    const path = join(runsDirectory, runId);
    const owner = readOwner(path);
    if (owner === undefined || isRunning(owner)) continue;
    const killedProcesses = killRecordedProcesses(path);
    if (!removeRunCgroups(runId)) continue;
    removeRun(baseDirectory, runId);
    swept.push({ runId, killedProcesses });
  }
  releasePortsOfGoneRuns(baseDirectory);
  return swept;
};

/**
 * Sends SIGKILL to each process of a run that is still the recorded one (process ID and start time).
 * @returns their names; empty when none is still running
 */
export const killRecordedProcesses = (runPath: string): string[] =>
  readRecordedProcesses(runPath)
    .filter((recorded) => killProcessGroup(recorded))
    .map((recorded) => recorded.name);

const releasePortsOfGoneRuns = (baseDirectory: string): void => {
  const portsDirectory = toPortsDirectory(baseDirectory);
  for (const port of listIfThere(portsDirectory)) {
    const reservation = join(portsDirectory, port);
    try {
      const runId = readFileSync(reservation, 'utf8');
      // An empty file is a reservation that is not written yet.
      if (runId !== '' && !existsSync(join(toRunsDirectory(baseDirectory), runId)))
        rmSync(reservation, { force: true });
    } catch (error) {
      if (!isErrorWithCode(error, 'ENOENT')) throw error;
    }
  }
};

const listIfThere = (directory: string): string[] => {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return [];
    throw error;
  }
};
