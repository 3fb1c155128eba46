import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import Table from 'cli-table3';
import { readPreflightFacts } from '../../src/activities/plan/read-preflight-facts.ts';
import { runStages } from '../../src/activities/support/run-stages.ts';
import type { DecommissionPlan } from '../../src/domain/plan/decommission-plan.ts';
import { planInStages } from '../../src/domain/plan/plan-decommission.ts';
import { parseRequest, toInvalidInputMessage } from '../../src/domain/request/parse-request.ts';
import type { NodeChoice } from '../../src/domain/scheduling/placement-trial.ts';
import { isPlacedInAnyOrder, type PodRoom } from '../../src/domain/scheduling/room-survey.ts';
import type { SchedulerFacts } from '../../src/domain/scheduling/scheduler-facts.ts';
import type { Cluster } from '../../src/ports/cluster.ts';
import { createScheduler } from '../../src/scheduler/create-scheduler.ts';
import { ensurePrograms } from '../../stack/programs/programs.ts';
import { toPlanCluster } from './plan-cluster.ts';
import { createFactsSource } from './plan-facts-source.ts';

/*
 * How long kube-scheduler's plugins take for a plan, and how much memory: two clusters with 30 pods per node. 10 % of the pods have required
 * anti-affinity and 20 % hard topology spread. A plan loads the facts, makes the survey, and then one trial by score, because the survey shows
 * that every pod has a place in any order; the other trials show what one costs when it does not. Prints one table. A measurement, not a test.
 */

const CASES = [
  { nodes: 1000, removed: 1 },
  { nodes: 5000, removed: 40 },
] as const;
const CHOICES: readonly NodeChoice[] = ['scheduler', 'fullest', 'emptiest'];

interface Measurement {
  readonly step: string;
  readonly seconds: number;
  /** Processor time of the process: differs from the duration on a busy machine. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly longestBlockMilliseconds: number;
  readonly placed?: string;
}

const main = async (): Promise<void> => {
  const programs = await ensurePrograms(['scheduler'], (line) => process.stderr.write(`${line}\n`));
  for (const { nodes, removed } of CASES) {
    if (process.argv.length > 2 && !process.argv.includes(String(nodes))) continue;
    // First: the others leave garbage of theirs.
    const cluster = createFactsSource(toPlanCluster(nodes, removed));
    globalThis.gc?.();
    const before = readMegabytes();
    const [whole, { verdict }] = await measure('from the first page of pods to the plan', () =>
      makePlan(cluster, removed, programs['scheduler.program']),
    );
    printMeasurements(
      `A whole plan, with a budget and a Service for each of 200 workloads: ${nodes} nodes, ${removed} removed; ${before} MB before`,
      [{ ...whole, placed: verdict }],
    );
    const facts = toPlanCluster(nodes, removed);
    globalThis.gc?.();
    const title = `${nodes} nodes, ${facts.pods.length} pods, ${removed} removed; ${readMegabytes()} MB before`;
    printMeasurements(title, await measureCase(facts, removed, programs['scheduler.program']));
  }
};

/** All that `plan` does in its process, without the time that an API server and its network take. */
const makePlan = async (cluster: Cluster, removed: number, programPath: string): Promise<DecommissionPlan> => {
  const nodeNames = Array.from({ length: removed }, (_, index) => `node-${index}`);
  const parsed = parseRequest({ taskId: 'bench', nodeNames, hostCleanup: 'skip' });
  if (parsed.kind === 'invalid') throw new Error(toInvalidInputMessage(parsed.problems));
  const sources = {
    cluster,
    scheduler: createScheduler({ program: { path: programPath } }),
  };
  const read = await readPreflightFacts(sources, parsed.request, IDENTITY, NOTHING_OF_A_RUN);
  return await runStages(planInStages(read, new Date().toISOString()));
};

const IDENTITY = { kubeSystemUid: 'bench', caHashes: [] } as const;
const NOTHING_OF_A_RUN = {
  locks: {},
  missingRights: [],
  nodeDeletionDryRuns: {},
  ownPods: [],
  hosts: {},
  notChecked: [],
} as const;

const measureCase = async (facts: SchedulerFacts, removed: number, programPath: string): Promise<Measurement[]> => {
  const scheduler = createScheduler({ program: { path: programPath } });
  const [opened, session] = await measure('load', () => scheduler.open(facts));
  const measurements = [opened];
  const removedNodeNames = Array.from({ length: removed }, (_, index) => `node-${index}`);
  const pods = facts.pods.filter(({ nodeName }) => removedNodeNames.includes(nodeName)).map(({ uid }) => ({ uid }));
  const [surveyed, survey] = await measure('survey', () => session.surveyRoom({ removedNodeNames, pods }));
  const certain = pods.filter(({ uid }) => isCertain(survey.get(uid), pods.length)).length;
  measurements.push({ ...surveyed, placed: `${certain} of ${pods.length} in any order` });
  for (const choice of CHOICES) {
    const trial = { removedNodeNames, removedNodes: 'cordoned', pods, leave: 'together', choice } as const;
    const [measured, { places }] = await measure(`${pods.length} pods, ${choice}`, () => session.tryPlacement(trial));
    const placed = [...places.values()].filter((place) => 'nodeName' in place).length;
    measurements.push({ ...measured, placed: `${placed} of ${pods.length}` });
  }
  const [closed] = await measure('closed', async () => {
    await session.close();
    await setTimeout(200);
  });
  return [...measurements, { ...closed, peakMegabytes: readMegabytes() }];
};

const isCertain = (room: PodRoom | undefined, podCount: number): boolean =>
  room !== undefined && isPlacedInAnyOrder(room, podCount - 1);

const measure = async <Result>(step: string, work: () => Promise<Result>): Promise<readonly [Measurement, Result]> => {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let peakMegabytes = readMegabytes();
  const watch = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, readMegabytes());
  }, 20);
  delay.enable();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  delay.disable();
  clearInterval(watch);
  const longestBlockMilliseconds = Math.round(delay.max / 1e6);
  return [{ step, seconds, cpuSeconds: (user + system) / 1e6, peakMegabytes, longestBlockMilliseconds }, result];
};

const readMegabytes = (): number => Math.round(process.memoryUsage().rss / 1e6);

const printMeasurements = (title: string, measurements: readonly Measurement[]): void => {
  const head = ['step', 'seconds', 'CPU seconds', 'peak MB', 'longest block, ms', 'placed'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { step, seconds, cpuSeconds, peakMegabytes, longestBlockMilliseconds, placed = '' } of measurements) {
    table.push([step, seconds.toFixed(2), cpuSeconds.toFixed(2), peakMegabytes, longestBlockMilliseconds, placed]);
  }
  process.stdout.write(`${title}\n${table.toString()}\n`);
};

await main();
