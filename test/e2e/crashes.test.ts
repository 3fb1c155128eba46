import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ManagedProcess } from '../../stack/managed-process.ts';
import { SilentWebhook } from './harness/admission-hold.ts';
import { awaitClosing, type Closing } from './harness/closing.ts';
import { crashScenes, holdScenes } from './harness/crash-scenes.ts';
import { toRepeatedUids } from './harness/evictions.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import { readPodsOnNode, toUids } from './harness/pods-on-node.ts';
import { readEvictions } from './harness/progress.ts';
import { setScenes } from './harness/scene.ts';

/** Long enough for the fault to strike while a deleted Node must stay gone. */
const WAITS = {
  settleSeconds: 0.5,
  emptyTwiceSeconds: 0.5,
  staysGoneSeconds: 8,
  detachSeconds: 60,
  budgetObservedSeconds: 60,
};

/** In each test several runs are in different steps when the same fault strikes them all. */
describe('after a crash the decommissions go on', () => {
  let harness: Harness;
  let worker: ManagedProcess;

  /** Ends something and brings it back. */
  const faults: readonly { readonly what: string; readonly prefix: string; readonly strike: () => Promise<void> }[] = [
    {
      what: 'the API server',
      prefix: 'api',
      strike: async () => {
        await harness.stack.stopApiServer('SIGKILL');
        await harness.stack.startApiServer();
      },
    },
    {
      what: 'the Temporal server',
      prefix: 'temporal',
      strike: async () => {
        await harness.stack.temporal.kill();
        await harness.stack.temporal.start();
      },
    },
    {
      what: 'the worker',
      prefix: 'worker',
      strike: async () => {
        await worker.stop('SIGKILL');
        worker = await harness.startWorker();
      },
    },
    {
      what: 'the worker and the Temporal server',
      prefix: 'both',
      strike: async () => {
        await Promise.all([worker.stop('SIGKILL'), harness.stack.temporal.kill()]);
        await harness.stack.temporal.start();
        worker = await harness.startWorker();
      },
    },
  ];

  beforeAll(async () => {
    harness = await startHarness({ waits: WAITS });
    [worker] = await Promise.all([
      harness.startWorker(),
      setScenes(
        harness.stack,
        faults.flatMap(({ prefix }) => crashScenes(prefix).map(({ scene }) => scene)),
      ),
    ]);
  }, 120_000);

  afterAll(async () => {
    await harness.stop();
  }, 60_000);

  it.each(faults)(
    'of $what, in whatever step it finds them',
    async ({ prefix, strike }) => {
      const { stack } = harness;
      const scenes = crashScenes(prefix);
      const webhook = await SilentWebhook.start();
      const release = await holdScenes(stack, scenes, webhook.url);
      const nodeNames = scenes.map(({ scene }) => scene.nodeName);
      const listed = await Promise.all(nodeNames.map(async (name) => toUids(await readPodsOnNode(stack, name))));
      const runs = await Promise.all(nodeNames.map((name) => start(name)));

      await Promise.all(scenes.map(({ reach }, index) => reach(harness, runs[index]!)));
      const livingCount = (await readPodsOnNode(stack, `${prefix}-evict`)).length;
      await strike();
      webhook.stop();
      await release();
      const closings = await Promise.all(runs.map((run) => awaitClosing(run)));

      expect(livingCount).toBeGreaterThan(0);
      expect(closings.map(toSummary)).toEqual(scenes.map(() => 'Completed Decommissioned'));
      nodeNames.forEach((name, index) => {
        const evictions = readEvictions(harness, name);
        expect(toRepeatedUids(evictions)).toEqual([]);
        expect(evictions.map(({ uid }) => uid).sort()).toEqual(listed[index]);
      });
      const nodes = await stack.api.list('/api/v1/nodes');
      expect(nodes.filter(({ metadata }) => nodeNames.includes(metadata.name))).toEqual([]);
      expect((await stack.kubectl(['get', 'pdb', '-A', '-o', 'name'])).stdout).toBe('');
    },
    150_000,
  );

  const start = (nodeName: string): ReturnType<Harness['start']> =>
    harness.start({ nodeNames: [nodeName], hostCleanup: 'skip' });

  const toSummary = ({ status, report }: Closing): string =>
    `${status} ${report.outcome} ${report.failure?.message ?? ''}`.trim();
});
