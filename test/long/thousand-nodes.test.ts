import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import { awaitClosing, type Closing } from '../e2e/harness/closing.ts';
import { toRepeatedUids } from '../e2e/harness/evictions.ts';
import { createFleet, FLEET, ZONES, type Fleet } from '../e2e/harness/fleet-pool.ts';
import { startHarness, type Harness } from '../e2e/harness/harness.ts';
import { describeOnPostgresql } from '../e2e/harness/on-postgresql.ts';
import { readEvictions } from '../e2e/harness/progress.ts';
import { describeEvictions, measureEvictions, type EvictionFigures } from './fleet/measure-evictions.ts';
import { describeRunSizes, toRunSizes, type RunSize } from './fleet/measure-histories.ts';
import { readPeakMegabytes, readProcessorSeconds, toUsed, type ProcessorSeconds } from './fleet/measure-processes.ts';
import { readHistories } from './fleet/read-histories.ts';

/** Hours: it ends only what hangs. */
jest.setTimeout(4 * 3_600_000);

/** A smaller number, and other limits of concurrency, to try it. */
const NODE_COUNT = Number(process.env['FLEET_NODES'] ?? '1000');
const MAX_CONCURRENT_NODES = Number(process.env['FLEET_CONCURRENT_NODES'] ?? '50');
const PODS_PER_NODE = 5;
const REPLICAS = 50;
const SPARES_PER_NODE = 0.3;

const MAX_EVENTS = 10_000;
const MAX_BYTES = 5 * 1024 ** 2;
const MAX_PAYLOAD_BYTES = 1024 ** 2;
const MAX_WORKER_MEGABYTES = 600;
const MAX_REQUESTS_PER_EVICTION = 1.2;
/** Whatever is on it: docs/benchmarks-fleet.md lists them. */
const MAX_REQUESTS_PER_NODE = 24;
const MAX_WORKER_MILLISECONDS_PER_EVICTION = 10;

const NODES = Array.from(
  { length: NODE_COUNT },
  (_, index) => `${FLEET}-${ZONES[index % ZONES.length] ?? ''}${Math.floor(index / ZONES.length) + 1}`,
);
const WORKER = /worker/;
/** On a machine with much memory, V8 leaves garbage for longer: docs/benchmarks-fleet.md. */
const ENVIRONMENT = { NODE_OPTIONS: '--max-semi-space-size=8 --max-old-space-size=512' };

/** Counts are limits. Speed depends on the machine: it is printed, for docs/benchmarks.md. */
describeOnPostgresql(`one task of ${NODE_COUNT} nodes`, () => {
  let harness: Harness;
  let worker: ManagedProcess;
  let fleet: Fleet;
  let closing: Closing;
  let evictions: EvictionFigures;
  let sizes: readonly RunSize[];
  let used: ProcessorSeconds;
  let workerMegabytes: number;

  beforeAll(async () => {
    harness = await startHarness({
      onPostgresql: true,
      waits: { settleSeconds: 0.5, emptyTwiceSeconds: 0.5, staysGoneSeconds: 1 },
    });
    const { stack } = harness;
    fleet = await createFleet(stack, NODES, {
      podsPerNode: PODS_PER_NODE,
      replicas: REPLICAS,
      sparesPerZone: Math.ceil((NODE_COUNT * SPARES_PER_NODE) / ZONES.length),
    });
    worker = await harness.startWorker(ENVIRONMENT);
    const mark = stack.markAudit();
    const before = readProcessorSeconds(stack.directory);
    const startedAt = Date.now();
    const run = await harness.start({
      taskId: FLEET,
      nodeNames: NODES,
      hostCleanup: 'skip',
      maxConcurrentNodes: MAX_CONCURRENT_NODES,
    });
    closing = await awaitClosing(run);
    const seconds = (Date.now() - startedAt) / 1000;
    used = toUsed(before, readProcessorSeconds(stack.directory));
    workerMegabytes = readPeakMegabytes(worker.identity.pid);
    evictions = measureEvictions(stack.auditEvents(mark));
    sizes = toRunSizes(await readHistories(harness));
    process.stderr.write(`${describeFigures(seconds)}\n`);
  });

  afterAll(async () => {
    await harness.stop();
  });

  const toWorkerMilliseconds = (): number => (toSecondsOf(used, WORKER) * 1000) / evictions.evictions;

  const describeFigures = (seconds: number): string => {
    const processors = Object.entries(used).map(([name, each]) => `${name} ${each.toFixed(1)} s`);
    return [
      `${NODE_COUNT} nodes × ${PODS_PER_NODE} pods, ${MAX_CONCURRENT_NODES} nodes at once: ${seconds.toFixed(0)} s`,
      describeEvictions(evictions),
      `processor time: ${processors.join(', ')}`,
      `the worker: ${toWorkerMilliseconds().toFixed(1)} ms of a processor per eviction, at most ${workerMegabytes.toFixed(0)} MB`,
      describeRunSizes(sizes),
    ].join('\n');
  };

  it('decommissions every node', () => {
    expect(closing.status).toBe('Completed');
    expect(closing.report.nodes.filter(({ outcome }) => outcome !== 'Decommissioned')).toEqual([]);
    expect(closing.report.nodes).toHaveLength(NODE_COUNT);
  });

  it('evicts every pod exactly once', () => {
    const accepted = readEvictions(harness, FLEET);
    expect(toRepeatedUids(accepted)).toEqual([]);
    expect(accepted.map(({ uid }) => uid).sort()).toEqual([...fleet.nodeOfPod.keys()].sort());
  });

  it('has bounded histories', () => {
    expect(sizes.length).toBeGreaterThan(NODE_COUNT);
    expect(sizes.filter(({ events }) => events > MAX_EVENTS)).toEqual([]);
    expect(sizes.filter(({ bytes }) => bytes > MAX_BYTES)).toEqual([]);
    expect(sizes.filter(({ payload }) => payload > MAX_PAYLOAD_BYTES)).toEqual([]);
  });

  it('has a worker of bounded memory', () => {
    expect(workerMegabytes).toBeLessThanOrEqual(MAX_WORKER_MEGABYTES);
  });

  it('sends few requests per eviction and node', () => {
    const allowed = MAX_REQUESTS_PER_EVICTION + (MAX_REQUESTS_PER_NODE * NODE_COUNT) / evictions.evictions;
    expect(evictions.requestsPerEviction).toBeLessThanOrEqual(allowed);
  });

  it('has a worker that needs little of a processor per eviction', () => {
    expect(toWorkerMilliseconds()).toBeLessThanOrEqual(MAX_WORKER_MILLISECONDS_PER_EVICTION);
  });
});

const toSecondsOf = (used: ProcessorSeconds, name: RegExp): number =>
  Object.entries(used)
    .filter(([each]) => name.test(each))
    .reduce((total, [, seconds]) => total + seconds, 0);
