import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import Table from 'cli-table3';
import { TASK_QUEUE } from '../../src/domain/run/workflow-ids.ts';
import { ensureBuiltPackage } from '../../stack/package/built-package.ts';
import { runCommand } from '../../stack/processes/run-command.ts';
import type { Stack } from '../../stack/stack.ts';
import { startStack } from '../../stack/start-stack.ts';
import { startBenchWorker, toBenchEnvironment } from '../drain/start-bench-stack.ts';
import type { Figure } from '../record/benchmark-record.ts';
import { toSpread } from '../record/spread.ts';
import { createLargeCluster } from './large-cluster.ts';
import { reportFigures } from './report-figures.ts';

/*
 * Plans on a real API server with 1,000 nodes and 30,080 pods: `kubectl drain --dry-run=server` and `plan` of a node with 110 pods, three
 * times in turn; then the same plan in a worker that waits for the evictions of another node. Prints one table each. A measurement, not a test.
 */

const NODES = Number(process.argv[2] ?? 1000);
const ROUNDS = 3;
const MAX_PLAN_SECONDS = 3;
const MAX_PLAN_MEGABYTES = 400;
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const OBSERVER = join(import.meta.dirname, 'observe-process.ts');
const IDLE_MILLISECONDS = 5_000;
const HOUR_SECONDS = 3600;

interface Sample {
  readonly at: number;
  readonly megabytes: number;
  readonly blockedMilliseconds: number;
  readonly cpuSeconds: number;
}

const progress = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const main = async (): Promise<void> => {
  const stack = await startStack({ audit: false, temporal: { headless: true }, onProgress: progress });
  try {
    await createLargeCluster(stack, NODES, 1, progress);
    await stack.apply(readFileSync(join(REPOSITORY, 'deploy/rbac.yaml'), 'utf8'));
    const figures = await measureCommands(stack);
    reportFigures([...figures, ...(await measureWorker(stack))]);
  } finally {
    await stack.stop();
  }
};

const measureCommands = async (stack: Stack): Promise<readonly Figure[]> => {
  const { entryPath } = await ensureBuiltPackage();
  const environment = await toBenchEnvironment(stack);
  const table = new Table({
    head: ['command', 'seconds', 'CPU seconds', 'peak MB', 'longest block, ms', 'exit code'],
    style: { head: [], border: [] },
  });
  const rounds: { readonly kubectl: number; readonly plan: number; readonly megabytes: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const kubectlStart = performance.now();
    const drain = await stack.kubectl(['drain', 'node-0', '--dry-run=server', '--ignore-daemonsets']);
    const kubectl = seconds(kubectlStart);
    table.push(['kubectl drain --dry-run=server', kubectl, '', '', '', drain.exitCode ?? '']);
    const observed = join(stack.directory, `plan-${round}.jsonl`);
    const start = performance.now();
    const plan = await runCommand(
      process.execPath,
      ['--import', OBSERVER, entryPath, 'plan', 'node-0', '--host-cleanup', 'skip', '--no-hosts'],
      { environment: { ...environment, OBSERVED_FILE: observed } },
    );
    const taken = seconds(start);
    const samples = readSamples(observed);
    const { cpuSeconds = 0 } = samples.at(-1) ?? {};
    table.push(['plan', taken, cpuSeconds.toFixed(2), peak(samples), longestBlock(samples), plan.exitCode ?? '']);
    rounds.push({ kubectl: Number(kubectl), plan: Number(taken), megabytes: peak(samples) });
    if (round === 0) progress(plan.stdout.split('\n').slice(0, 12).join('\n') + plan.stderr);
  }
  process.stdout.write(`${table.toString()}\n`);
  const median = (values: readonly number[]): number => toSpread(values)?.median ?? NaN;
  return [
    { what: '`plan`', value: median(rounds.map(({ plan }) => plan)), unit: 's', atMost: MAX_PLAN_SECONDS },
    {
      what: 'most memory of `plan`',
      value: Math.max(...rounds.map(({ megabytes }) => megabytes)),
      unit: 'MB',
      atMost: MAX_PLAN_MEGABYTES,
    },
    { what: '`kubectl drain --dry-run=server`', value: median(rounds.map(({ kubectl }) => kubectl)), unit: 's' },
  ];
};

/** A drain of node-1 waits, since nothing ends its pods; meanwhile the worker plans node-0. */
const measureWorker = async (stack: Stack): Promise<readonly Figure[]> => {
  const observed = join(stack.directory, 'worker.jsonl');
  const environment = { ...(await toBenchEnvironment(stack)), OBSERVED_FILE: observed };
  const { entryPath } = await ensureBuiltPackage();
  await startBenchWorker(stack, entryPath, environment, ['--import', OBSERVER]);
  const client = new Client({ connection: await Connection.connect({ address: stack.temporal.address }) });
  const table = new Table({
    head: [
      'worker',
      'seconds',
      'CPU seconds',
      'peak MB',
      'longest block, ms',
      'attempts',
      'longest time since a heartbeat, s',
    ],
    style: { head: [], border: [] },
  });
  const watch = async (what: string, until: () => Promise<boolean>): Promise<void> => {
    const from = Date.now();
    let longest = 0;
    let attempts = 0;
    do {
      await setTimeout(100);
      const beats = await readHeartbeats(client);
      for (const { attempt, at } of beats) {
        attempts = Math.max(attempts, attempt);
        if (at !== undefined) longest = Math.max(longest, Date.now() - at);
      }
    } while (!(await until()));
    const samples = readSamples(observed).filter(({ at }) => at >= from);
    const cpuSeconds = (samples.at(-1)?.cpuSeconds ?? 0) - (samples[0]?.cpuSeconds ?? 0);
    const figures = [
      ((Date.now() - from) / 1000).toFixed(1),
      cpuSeconds.toFixed(2),
      peak(samples),
      longestBlock(samples),
    ];
    table.push([what, ...figures, attempts, (longest / 1000).toFixed(1)]);
  };
  const idle = async (what: string): Promise<void> => {
    const end = Date.now() + IDLE_MILLISECONDS;
    await watch(what, () => Promise.resolve(Date.now() >= end));
  };

  await idle('idle');
  await start(client, 'waiting', { nodeNames: ['node-1'], timeoutSeconds: HOUR_SECONDS });
  await watch('plans and evicts node-1', async () => (await readHeartbeats(client)).some(({ at }) => at !== undefined));
  await idle('waits for the evictions of node-1');
  const planned = await start(client, 'planned', { nodeNames: ['node-0'], dryRun: true });
  await watch('plans node-0', async () => (await planned.describe()).status.name !== 'RUNNING');
  await idle('after it');
  process.stdout.write(`${table.toString()}\n`);
  await client.connection.close();
  return [
    {
      what: 'most memory of a worker that makes this plan and drains a node',
      value: peak(readSamples(observed)),
      unit: 'MB',
    },
  ];
};

const start = async (client: Client, name: string, request: object) =>
  await client.workflow.start('decommissionNodes', {
    taskQueue: TASK_QUEUE,
    workflowId: `decommission/default/task/${name}`,
    args: [{ taskId: name, hostCleanup: 'skip', preflight: 'warn', ...request }],
  });

interface Heartbeat {
  readonly attempt: number;
  /** Of the last heartbeat, in milliseconds; absent before the first. */
  readonly at: number | undefined;
}

const readHeartbeats = async (client: Client): Promise<readonly Heartbeat[]> => {
  const beats: Heartbeat[] = [];
  for await (const { workflowId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    for (const { attempt, lastHeartbeatTime } of raw.pendingActivities ?? []) {
      const at = lastHeartbeatTime?.seconds;
      beats.push({
        attempt: attempt ?? 0,
        at: at === undefined || at === null ? undefined : Number(at) * 1000 + (lastHeartbeatTime?.nanos ?? 0) / 1e6,
      });
    }
  }
  return beats;
};

const readSamples = (path: string): readonly Sample[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Sample);

const seconds = (start: number): string => ((performance.now() - start) / 1000).toFixed(2);
const peak = (samples: readonly Sample[]): number => Math.max(...samples.map(({ megabytes }) => megabytes));
const longestBlock = (samples: readonly Sample[]): number =>
  Math.max(...samples.map(({ blockedMilliseconds }) => blockedMilliseconds));

await main();
