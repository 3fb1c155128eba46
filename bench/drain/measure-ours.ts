import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DecommissionReport } from '../../src/domain/run/report.ts';
import type { RunDrainCommand } from './drain-command.ts';
import { observeProcess, runObserved } from './process-usage.ts';

/** A request with the conditions of `kubectl drain`: the node stays, replacements are not awaited, and no budget is created. */
export const toDrainRequest = (nodeNames: readonly string[]): object => ({
  nodeNames,
  hostCleanup: 'skip',
  deleteNode: false,
  waitForReplacements: false,
  // Without a workload that gets a budget of the task, and without a limit for those that have none.
  replicaSets: [],
  maxUnavailable: '100%',
  force: true,
  deleteEmptyDirData: true,
});

/** `node-decommission start --wait`, with a worker that already runs. */
export const measureOurs: RunDrainCommand = async (bench, { nodeName }, timeoutMilliseconds) => {
  const { stack, worker, entryPath, environment } = bench;
  const requestPath = join(stack.directory, `${nodeName}.json`);
  writeFileSync(requestPath, JSON.stringify(toDrainRequest([nodeName])));
  worker.checkRunning();
  const observer = observeProcess('worker', worker.identity.pid);
  const { exitCode, stdout, stderr, startedAt, endedAt, use } = await runObserved({
    name: 'command',
    command: process.execPath,
    arguments: [entryPath, 'start', '-f', requestPath, '--wait', '--yes', '-o', 'json'],
    environment,
    timeoutMilliseconds,
  });
  const ofWorker = observer.stop();
  if (exitCode === null) throw new Error(`node-decommission did not end in ${timeoutMilliseconds / 1000} s.`);
  if (exitCode !== 0) {
    throw new Error(`node-decommission ended with exit code ${exitCode}: ${toMessage(stdout) ?? stderr.slice(-500)}`);
  }
  return { startedAt, endedAt, processes: [ofWorker, use] };
};

/** What the report gives as the reason; undefined: there is no report. */
const toMessage = (stdout: string): string | undefined => {
  try {
    return (JSON.parse(stdout) as Partial<DecommissionReport>).failure?.message;
  } catch {
    return undefined;
  }
};
