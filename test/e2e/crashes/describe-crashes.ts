import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ManagedProcess } from '../../../stack/processes/managed-process.ts';
import { isLongRun } from '../../long-run.ts';
import { SilentWebhook } from '../harness/blocked-requests.ts';
import { awaitClosing, type Closing } from '../harness/closing.ts';
import { crashScenes, blockScenes, type CrashScene } from '../harness/crash-scenes.ts';
import { toRepeatedUids, toUnaccountedPods } from '../harness/evictions.ts';
import { startHarness, type Harness, type Run } from '../harness/harness.ts';
import { readPodsOnNode, toUids } from '../harness/pods-on-node.ts';
import { readEvictions } from '../harness/progress.ts';
import { setScenes } from '../harness/scene.ts';

/** `staysGoneSeconds`: long enough to start the last run, and to inject the fault while another one verifies that its Node stays gone. */
const WAITS = {
  settleSeconds: 0.5,
  emptyTwiceSeconds: 0.5,
  staysGoneSeconds: 20,
  detachSeconds: 60,
  budgetObservedSeconds: 60,
};

interface Fault {
  readonly what: string;
  readonly prefix: string;
  /** Kills something and restarts it. */
  readonly inject: () => Promise<void>;
}

interface Aftermath {
  readonly scenes: readonly CrashScene[];
  readonly runs: readonly Run[];
  /** UIDs on each node before the start. */
  readonly listed: readonly (readonly string[])[];
  /** Pods still on the draining node when the fault was injected. */
  readonly leftCount: number;
}

/**
 * Each fault hits several runs, each in another step. The next fault does not wait for their end: earlier runs must also survive later
 * faults, and the half minute until the server detects a worker's death.
 * @param roundCount how often each fault is injected, each time into other runs
 */
export const describeCrashes = (roundCount: number): void => {
  describe('decommissions survive a crash', () => {
    let harness: Harness;
    let worker: ManagedProcess;
    const endings = new Map<string, Aftermath>();

    const faults: readonly Fault[] = [
      {
        what: 'of the worker',
        prefix: 'worker',
        inject: async () => {
          await worker.stop('SIGKILL');
          worker = await harness.startWorker();
        },
      },
      {
        what: 'of the worker and the Temporal server',
        prefix: 'both',
        inject: async () => {
          await Promise.all([worker.stop('SIGKILL'), harness.stack.temporal.kill()]);
          await harness.stack.temporal.start();
          worker = await harness.startWorker();
        },
      },
      {
        what: 'of the Temporal server',
        prefix: 'temporal',
        inject: async () => {
          await harness.stack.temporal.kill();
          await harness.stack.temporal.start();
        },
      },
      {
        what: 'of the API server',
        prefix: 'api',
        inject: async () => {
          await harness.stack.stopApiServer('SIGKILL');
          await harness.stack.startApiServer();
        },
      },
    ];

    // `npm test`: the others are part of `both`, and an API server that fails is in undo-during-outage and in faults.
    const injected = faults.filter(({ prefix }) => isLongRun || prefix === 'both');
    const rounds = Array.from({ length: roundCount }, (_each, index) =>
      injected.map((fault) => ({ ...fault, prefix: `${fault.prefix}-${index + 1}` })),
    );

    beforeAll(async () => {
      harness = await startHarness({ own: true, waits: WAITS });
      worker = await harness.startWorker();
      for (const round of rounds) {
        await setScenes(
          harness.stack,
          round.flatMap(({ prefix }) => crashScenes(prefix)),
        );
        for (const fault of round) endings.set(fault.prefix, await injectDuring(fault));
      }
    });

    afterAll(async () => {
      await harness.stop();
    });

    /** Resolves when the fault is over; the runs continue. */
    const injectDuring = async ({ prefix, inject }: Fault): Promise<Aftermath> => {
      const { stack } = harness;
      const scenes = crashScenes(prefix);
      const webhook = await SilentWebhook.start();
      const release = await blockScenes(stack, scenes, webhook.url);
      const listed = await Promise.all(scenes.map(({ nodeName }) => readPodsOnNode(stack, nodeName)));
      const reached = new Map<string, Run>();
      for (const group of [
        scenes.filter(({ startsLast }) => !startsLast),
        scenes.filter(({ startsLast }) => startsLast),
      ]) {
        await Promise.all(group.map(async (scene) => reached.set(scene.nodeName, await startAndReach(scene))));
      }
      const runs = scenes.map(({ nodeName }) => reached.get(nodeName)!);
      const left = await readPodsOnNode(stack, `${prefix}-evict`);
      await inject();
      webhook.stop();
      await release();
      return { scenes, runs, listed: listed.map((pods) => toUids(pods)), leftCount: left.length };
    };

    const startAndReach = async ({ nodeName, reach }: CrashScene): Promise<Run> => {
      const run = await harness.start({ nodeNames: [nodeName], hostCleanup: 'skip' });
      await reach(harness, run);
      return run;
    };

    it.each(rounds.flat())('$what, in any step ($prefix)', async ({ prefix }) => {
      const { scenes, runs, listed, leftCount } = endings.get(prefix)!;
      const closings = await Promise.all(runs.map((run) => awaitClosing(run)));

      expect(leftCount).toBeGreaterThan(0);
      expect(closings.map(toSummary)).toEqual(scenes.map(() => 'Completed Decommissioned'));
      scenes.forEach(({ nodeName }, index) => {
        const evictions = readEvictions(harness, nodeName);
        expect(toRepeatedUids(evictions)).toEqual([]);
        const all = listed[index] ?? [];
        expect(all).toEqual(expect.arrayContaining(evictions.map(({ uid }) => uid)));
        expect(toUnaccountedPods(harness.stack.auditEvents(), all)).toEqual([]);
      });
      for (const { nodeName } of scenes) {
        expect(await harness.stack.api.find(`/api/v1/nodes/${nodeName}`)).toBeUndefined();
        expect(await harness.stack.api.list(`/apis/policy/v1/namespaces/${nodeName}/poddisruptionbudgets`)).toEqual([]);
      }
    });

    const toSummary = ({ status, report }: Closing): string =>
      `${status} ${report.outcome} ${report.failure?.message ?? ''}`.trim();
  });
};
