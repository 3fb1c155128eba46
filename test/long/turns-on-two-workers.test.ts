import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { awaitClosing, type Closing } from '../e2e/harness/closing.ts';
import { createFleet, FLEET, ZONES } from '../e2e/harness/fleet-pool.ts';
import { startHarness, type Harness } from '../e2e/harness/harness.ts';
import { startObjectWatch, type ObjectWatch } from '../e2e/harness/object-watch.ts';
import { toConflicts } from '../e2e/harness/own-writes.ts';
import { toWithdrawn, toWorking } from './fleet/nodes-in-work.ts';
import { readHistories, toWorkers } from './fleet/read-histories.ts';

const LIMIT = 2;
/** Of each round, one node each. A round in which no two of them ask at the same moment is repeated with other nodes. */
const TASK_COUNT = 8;
const ROUNDS = ZONES.map((zone) => Array.from({ length: TASK_COUNT }, (_, index) => `${FLEET}-${zone}${index + 1}`));
const CHURN_MILLISECONDS = 100;

/**
 * Tasks of two worker processes mark the same Nodes of a real API server, which another client changes all the time: writes are refused
 * because the Node has changed since it was read, and turns that two tasks take at the same moment are withdrawn.
 */
describe('eight tasks on two workers that ask for their turn at the same moment', () => {
  let harness: Harness;
  let watch: ObjectWatch;
  let isChurning = true;
  let churn: Promise<void>;
  let workers: readonly string[];
  const closings: Closing[] = [];

  beforeAll(async () => {
    harness = await startHarness({ maxConcurrentNodes: LIMIT });
    const { stack } = harness;
    await createFleet(stack, ROUNDS.flat(), { podsPerNode: 4, replicas: 4, sparesPerZone: 1 });
    watch = await startObjectWatch(stack, 'nodes', '/api/v1/nodes');
    await Promise.all([harness.startWorker(), harness.startWorker()]);
    churn = changeNodes();
    for (const round of ROUNDS) if (toWithdrawn(watch).length === 0) closings.push(...(await runTasks(round)));
    isChurning = false;
    await churn;
    workers = toWorkers(await readHistories(harness), 'takeTurns');
    const conflicts = toConflicts(stack.auditEvents(), 'nodes');
    process.stderr.write(
      `${closings.length} tasks, limit ${LIMIT}: ${toWithdrawn(watch).length} turns withdrawn, ${conflicts.length} writes of Nodes refused with 409, turns by ${workers.length} workers\n`,
    );
  });

  afterAll(async () => {
    isChurning = false;
    await churn;
    await watch.stop();
    await harness.stop();
  });

  const runTasks = async (nodeNames: readonly string[]): Promise<readonly Closing[]> => {
    const request = { hostCleanup: 'skip', timeoutSeconds: 600 };
    const runs = await Promise.all(
      nodeNames.map((nodeName) => harness.start({ ...request, nodeNames: [nodeName], taskId: nodeName })),
    );
    return await Promise.all(runs.map((run) => awaitClosing(run)));
  };

  /** As kubelets and other controllers do. */
  const changeNodes = async (): Promise<void> => {
    const { api } = harness.stack;
    for (let count = 0; isChurning; count += 1) {
      const annotations = { 'example.com/changed': String(count) };
      const nodes = (await api.list('/api/v1/nodes')).filter(({ metadata }) => ROUNDS.flat().includes(metadata.name));
      const changes = nodes.map(({ metadata }) =>
        // A Node may be deleted meanwhile.
        api.patch(`/api/v1/nodes/${metadata.name}`, { metadata: { annotations } }).catch(() => undefined),
      );
      await Promise.all([...changes, new Promise((resolve) => setTimeout(resolve, CHURN_MILLISECONDS))]);
    }
  };

  it('decommissions all nodes', () => {
    expect(closings.length).toBeGreaterThanOrEqual(TASK_COUNT);
    expect(closings.filter(({ report }) => report.outcome !== 'Decommissioned')).toEqual([]);
  });

  it('never has more than two nodes in work, as an independent watch sees', () => {
    expect(Math.max(...toWorking(watch).map(({ length }) => length))).toBe(LIMIT);
  });

  it('collides: turns of several tasks at once are withdrawn, and writes of changed Nodes are refused', () => {
    expect(toWithdrawn(watch)).not.toEqual([]);
    expect(toConflicts(harness.stack.auditEvents(), 'nodes')).not.toEqual([]);
  });

  it('takes turns in both workers', () => {
    expect(workers).toHaveLength(2);
  });
});
