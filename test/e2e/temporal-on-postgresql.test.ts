import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { msToTs } from '@temporalio/common/lib/time.js';
import { TASK_QUEUE } from '../../src/domain/run/workflow-ids.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { itKeepsRunsOnTheirVersion } from '../workflows/version-scene.ts';
import { WorkflowHarness } from '../workflows/workflow-harness.ts';
import { awaitClosing } from './harness/closing.ts';
import { toRepeatedUids } from './harness/evictions.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import {
  createBlockedPool,
  unblockPods,
  startBlockedDrain,
  toNodePath,
  type BlockedDrain,
} from './harness/blocked-pool.ts';
import { describeOnPostgresql } from './harness/on-postgresql.ts';
import { readPodsOnNode, toUids } from './harness/pods-on-node.ts';
import { readEvictions } from './harness/progress.ts';

/** Cold, the server's programs take many minutes. */
const COMPILE_MILLISECONDS = 3_600_000;

interface Fault {
  readonly what: string;
  readonly poolName: string;
  readonly inject: (harness: Harness) => Promise<void>;
}

interface InterruptedDrain extends BlockedDrain {
  /** UIDs on the node before the start. */
  readonly listed: readonly string[];
  /** Pods on the node when the fault was injected. */
  readonly leftCount: number;
}

const FAULTS: readonly Fault[] = [
  {
    what: 'the Temporal server',
    poolName: 'server',
    inject: async ({ stack: { temporal } }) => {
      await temporal.kill();
      await temporal.start();
    },
  },
  {
    what: 'PostgreSQL under it',
    poolName: 'database',
    inject: async ({ stack: { temporal } }) => {
      await temporal.postgresql?.kill();
      await temporal.postgresql?.start();
    },
  },
  {
    what: 'both at once',
    poolName: 'both',
    inject: async ({ stack: { temporal } }) => {
      await Promise.all([temporal.kill(), temporal.postgresql?.kill()]);
      await temporal.postgresql?.start();
      await temporal.start();
    },
  },
];

describeOnPostgresql('Temporal’s server on PostgreSQL, as in docker-compose.yml', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness({ onPostgresql: true });
    await harness.startWorker();
  }, COMPILE_MILLISECONDS);

  afterAll(async () => {
    await harness.stop();
  });

  const startInterruptedDrain = async ({ poolName, inject }: Fault): Promise<InterruptedDrain> => {
    const { stack } = harness;
    const pool = await createBlockedPool(stack, poolName);
    const listed = toUids(await readPodsOnNode(stack, poolName));
    const run = await startBlockedDrain(harness, pool);
    const left = await readPodsOnNode(stack, poolName);
    await inject(harness);
    return { pool, run, listed, leftCount: left.length };
  };

  it.each(FAULTS)('continues a drain after a SIGKILL of $what', async (fault) => {
    const { pool, run, listed, leftCount } = await startInterruptedDrain(fault);
    expect([listed.length, leftCount]).toEqual([6, 2]);
    await unblockPods(harness.stack, pool);

    const { status, report } = await awaitClosing(run);
    expect([status, report.outcome, report.failure?.message]).toEqual(['Completed', 'Decommissioned', undefined]);
    const evictions = readEvictions(harness, pool.namespace);
    expect(toRepeatedUids(evictions)).toEqual([]);
    expect(evictions.map(({ uid }) => uid).sort()).toEqual(listed);
    expect(await harness.stack.api.find(toNodePath(pool.nodeName))).toBeUndefined();
  });

  it('keeps closed workflows for 30 days', async () => {
    const { namespace } = harness.stack.temporal;
    const { config } = await harness.client.workflowService.describeNamespace({ namespace });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 3600);
  });

  it.each([
    ['their type', ''],
    ['their outcome', " AND DecommissionOutcome = 'Decommissioned' AND DecommissionPhase = 'Closed'"],
  ])('lists drains by %s, from the second database', async (_what, filter) => {
    const list = async (): Promise<number> => {
      const { count } = await harness.client.workflow.count(`WorkflowType = 'decommissionNodes'${filter}`);
      return count;
    };
    await awaitCondition('every drain is listed', async () => (await list()) === FAULTS.length);
  });

  it('returns the verdict of preflight with the start', async () => {
    const started = await harness.runCli(['start', 'no-such-node', '--host-cleanup', 'skip', '--task-id', 'verdict']);
    expect(started).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('Preflight: Refused') });
    // One that follows the start has the id `verdict`.
    const { events } = await harness.client.workflow.getHandle('decommission/default/task/verdict').fetchHistory();
    const updates = (events ?? []).flatMap(
      ({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) => accepted ?? [],
    );
    expect(updates.map(({ protocolInstanceId }) => protocolInstanceId)).toEqual([
      expect.stringMatching(/^[\da-f-]{36}$/),
    ]);
  });

  // The only server of the tests that moves a task to the current version when it continues as new.
  describe('with workers of two versions at once', () => {
    itKeepsRunsOnTheirVersion(
      async () => {
        const namespace = 'versions';
        const { address } = harness.stack.temporal;
        const { workflowService } = harness.client;
        await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
        await awaitCondition('every service of the server has the namespace', async () => {
          try {
            await workflowService.describeTaskQueue({ namespace, taskQueue: { name: TASK_QUEUE } });
            return true;
          } catch {
            return false;
          }
        });
        return await WorkflowHarness.open({ server: { address, namespace }, startsWorker: false });
      },
      { upgradesTasks: true },
    );
  });

  it('shows them in the web interface', async () => {
    const { uiAddress = '', namespace } = harness.stack.temporal;
    expect((await fetch(`${uiAddress}/healthz`)).status).toBe(200);
    const response = await fetch(`${uiAddress}/api/v1/namespaces/${namespace}/workflows`);
    expect(JSON.stringify(await response.json())).toContain('decommissionNodes');
  });
});
