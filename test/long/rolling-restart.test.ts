import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import { awaitClosing, type Closing } from '../e2e/harness/closing.ts';
import { toRepeatedUids, toUnaccountedPods } from '../e2e/harness/evictions.ts';
import { createFleet, FLEET, type Fleet } from '../e2e/harness/fleet-pool.ts';
import { startHarness, type Harness } from '../e2e/harness/harness.ts';
import { readEvictions } from '../e2e/harness/progress.ts';
import { describeRunSizes, toRunSizes } from './fleet/measure-histories.ts';
import { observeCluster, type ClusterObserver } from './fleet/observe-cluster.ts';
import { readActivityAttempts, readHistories, type FetchedHistory } from './fleet/read-histories.ts';

const PATIENTLY = { timeoutMilliseconds: 3_600_000, intervalMilliseconds: 500 };
const PODS_PER_NODE = 50;
const REPLICAS = 50;
const NODES = ['a1', 'a2', 'b1', 'c1'].map((name) => `${FLEET}-${name}`);
const POD_COUNT = NODES.length * PODS_PER_NODE;
const WORKER_COUNT = 3;
/** Of every Deployment: its pods on the four nodes take turns until the end. */
const TIGHT = { maxUnavailable: 1 };

/** As for an upgrade: each of three workers is stopped with SIGTERM and replaced, one after the other, while pods wait for their budgets. */
describe('a rolling restart of three workers in the middle of four drains', () => {
  let harness: Harness;
  let fleet: Fleet;
  let observer: ClusterObserver;
  let closing: Closing;
  let histories: readonly FetchedHistory[];
  /** Accepted evictions when each worker was stopped. */
  const evictedAtRestart: number[] = [];
  /** How long each worker took to end. */
  const stopSeconds: number[] = [];

  beforeAll(async () => {
    harness = await startHarness({ waits: { settleSeconds: 0.5, emptyTwiceSeconds: 0.5, staysGoneSeconds: 1 } });
    const { stack } = harness;
    fleet = await createFleet(stack, NODES, { podsPerNode: PODS_PER_NODE, replicas: REPLICAS });
    await stack.apply(fleet.apps.map((name) => disruptionBudget({ namespace: FLEET, name, ...TIGHT })));
    observer = await observeCluster(stack, { namespace: FLEET, nodeNames: NODES, replicas: REPLICAS });
    const workers = await Promise.all(Array.from({ length: WORKER_COUNT }, () => harness.startWorker()));
    const run = await harness.start({
      taskId: FLEET,
      nodeNames: NODES,
      hostCleanup: 'skip',
      maxConcurrentNodes: NODES.length,
    });
    for (const [index, worker] of workers.entries()) await restart(worker, (index + 1) * 10);
    closing = await awaitClosing(run);
    histories = await readHistories(harness);
    process.stderr.write(
      `workers restarted after ${evictedAtRestart.join(', ')} of ${POD_COUNT} evictions, which ended within ${stopSeconds.join(', ')} s\n${describeRunSizes(toRunSizes(histories))}\n`,
    );
  });

  afterAll(async () => {
    await observer.stop();
    await harness.stop();
  });

  /** Stops the worker once so many pods are evicted, and starts another one. */
  const restart = async (worker: ManagedProcess, evicted: number): Promise<void> => {
    await awaitCondition(
      `${evicted} pods are evicted`,
      () => readEvictions(harness, FLEET).length >= evicted,
      PATIENTLY,
    );
    const stoppedAt = Date.now();
    await worker.stop('SIGTERM');
    stopSeconds.push(Math.round((Date.now() - stoppedAt) / 1000));
    evictedAtRestart.push(readEvictions(harness, FLEET).length);
    await harness.startWorker();
  };

  it('decommissions every node', () => {
    expect(closing.status).toBe('Completed');
    expect(closing.report.nodes.map(({ nodeName, outcome }) => [nodeName, outcome])).toEqual(
      NODES.map((nodeName) => [nodeName, 'Decommissioned']),
    );
  });

  it('replaces every worker while pods wait', () => {
    expect(evictedAtRestart).toHaveLength(WORKER_COUNT);
    expect(evictedAtRestart.filter((count) => count >= POD_COUNT)).toEqual([]);
  });

  it('evicts every pod, and none twice', () => {
    expect(toRepeatedUids(readEvictions(harness, FLEET))).toEqual([]);
    expect(toUnaccountedPods(harness.stack.auditEvents(), [...fleet.nodeOfPod.keys()])).toEqual([]);
  });

  it('never violates a budget, as an independent observer sees', () => {
    expect(observer.read().violatedBudgets).toEqual([]);
  });

  it('has no heartbeat timeout in any history', () => {
    const attempts = histories.flatMap(readActivityAttempts);
    expect(attempts.filter(({ timeout }) => timeout !== undefined)).toEqual([]);
    // Else no worker had an eviction to hand over.
    const handedOver = attempts.filter(({ activity, attempt }) => activity === 'evictPod' && attempt > 1);
    expect(handedOver.length).toBeGreaterThan(0);
  });
});
