import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { isRunning, readProcessIdentity } from '../../../stack/processes/process-group.ts';
import type { ProcessIdentity } from '../../../stack/processes/process-group.ts';
import { reservePorts, toPortsDirectory } from '../../../stack/processes/reserve-ports.ts';
import { createRunDirectory } from '../../../stack/processes/run-directory.ts';
import type { RunDirectory } from '../../../stack/processes/run-directory.ts';
import { sweepRuns } from '../../../stack/processes/sweep-runs.ts';

describe('sweepRuns', () => {
  let baseDirectory: string;
  let children: ChildProcess[];

  beforeEach(() => {
    baseDirectory = mkdtempSync(join(tmpdir(), 'sweep-runs-'));
    children = [];
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(baseDirectory, { recursive: true, force: true });
  });

  const startSleeper = (): ProcessIdentity => {
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    children.push(child);
    return readProcessIdentity(child.pid!)!;
  };

  /** Simulates that the owner's process ID now belongs to another process. */
  const loseOwner = (run: RunDirectory): void => {
    const owner = { pid: process.pid, startTime: 'an earlier boot/1' };
    writeFileSync(join(run.path, 'owner.json'), JSON.stringify(owner));
  };

  it('leaves a run alone whose owner is running', async () => {
    const run = createRunDirectory(baseDirectory);
    const sleeper = startSleeper();
    run.recordProcess({ name: 'sleeper', ...sleeper });
    await reservePorts(run, 2);

    expect(sweepRuns(baseDirectory)).toEqual([]);
    expect(isRunning(sleeper)).toBe(true);
    expect(existsSync(run.path) && existsSync(run.flushedPath)).toBe(true);
    expect(readdirSync(toPortsDirectory(baseDirectory))).toHaveLength(2);
    run.remove();
    expect(existsSync(run.path) || existsSync(run.flushedPath)).toBe(false);
  });

  it('kills the processes of a run whose owner is gone, and removes its folders and ports', async () => {
    const run = createRunDirectory(baseDirectory);
    const sleeper = startSleeper();
    run.recordProcess({ name: 'sleeper', ...sleeper });
    await reservePorts(run, 2);
    loseOwner(run);

    expect(sweepRuns(baseDirectory)).toEqual([{ runId: run.runId, killedProcesses: ['sleeper'] }]);
    await awaitCondition('the sleeper is gone', () => !isRunning(sleeper));
    expect(existsSync(run.path) || existsSync(run.flushedPath)).toBe(false);
    expect(readdirSync(toPortsDirectory(baseDirectory))).toEqual([]);
  });

  it('does not kill a process that only has the process ID of a recorded one', () => {
    const run = createRunDirectory(baseDirectory);
    const sleeper = startSleeper();
    run.recordProcess({ name: 'earlier', pid: sleeper.pid, startTime: `${sleeper.startTime}0` });
    loseOwner(run);

    expect(sweepRuns(baseDirectory)).toEqual([{ runId: run.runId, killedProcesses: [] }]);
    expect(isRunning(sleeper)).toBe(true);
  });

  it('reads a process list with an incomplete last line', () => {
    const run = createRunDirectory(baseDirectory);
    writeFileSync(join(run.path, 'processes.jsonl'), '{"name":"etcd","pi');
    loseOwner(run);
    expect(sweepRuns(baseDirectory)).toEqual([{ runId: run.runId, killedProcesses: [] }]);
  });

  it('does nothing when there was never a run', () => {
    expect(sweepRuns(join(baseDirectory, 'missing'))).toEqual([]);
  });
});

describe('reservePorts', () => {
  it('reserves different ports for two runs', async () => {
    const baseDirectory = mkdtempSync(join(tmpdir(), 'reserve-ports-'));
    const runs = [1, 2].map(() => createRunDirectory(baseDirectory));
    try {
      const ports = await Promise.all(runs.map((run) => reservePorts(run, 50)));
      expect(new Set(ports.flat()).size).toBe(100);
    } finally {
      for (const run of runs) run.remove();
      rmSync(baseDirectory, { recursive: true, force: true });
    }
  });
});
