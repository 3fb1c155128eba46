import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { disruptionBudget } from '../../../stack/cluster-fixtures/disruption-budget.ts';
import { daemonSet, deployment } from '../../../stack/cluster-fixtures/workloads.ts';
import type { ManagedProcess } from '../../../stack/processes/managed-process.ts';
import { awaitClosing, type Closing } from '../harness/closing.ts';
import { toAcceptedEvictions, toRepeatedUids, toUnaccountedPods } from '../harness/evictions.ts';
import { SHORT_WAITS, startHarness, type Harness } from '../harness/harness.ts';
import { inPool } from '../harness/node-pool.ts';
import { startObjectWatch, toLowestHealthyCount } from '../harness/object-watch.ts';
import { readPodsOnNode, toUids } from '../harness/pods-on-node.ts';
import { setScenes, type Scene } from '../harness/scene.ts';
import { listFaultNames } from './choose-fault.ts';
import { DUPLICATE_USER_AGENT, FaultProxy } from './fault-proxy.ts';

const DRAINS_AT_ONCE = 20;

const WEB_REPLICAS = 2;
const OWNED_REPLICAS = 2;
const POD = { behavior: { terminateAfterMilliseconds: 200, readyAfterMilliseconds: 200 } };

/** DaemonSet pods that are not gone within `detachSeconds` would end with their node. */
const WAITS = { ...SHORT_WAITS, detachSeconds: 120, budgetObservedSeconds: 60 };

/** Requests without a response are given up after this time. */
const LIMITS = { requestTimeoutSeconds: 5 };

/** Enough for each fault to be injected at least once. */
const ALL_FAULTS_FROM = 200;

/** Every status that API servers, admission and proxies in front of them answer with. */
const STATUSES = [200, 400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 504];

interface Drained {
  readonly scene: Scene;
  readonly closing: Closing;
  /** UIDs on the node before the start. */
  readonly listed: readonly string[];
  /** By label `app`: the lowest number of healthy pods. */
  readonly lowest: Readonly<Record<string, number>>;
}

/** Names of both Deployments, and the number of their pods that must stay healthy: one may be missing at a time. */
const toLeastHealthy = (nodeName: string): Readonly<Record<string, number>> => ({
  [`${nodeName}-web`]: WEB_REPLICAS - 1,
  [`${nodeName}-owned`]: OWNED_REPLICAS - 1,
});

/** A Deployment that gets a budget of ours, one with a budget of its owner, and a DaemonSet. */
const toScene = (index: number): Scene => {
  const nodeName = `faults-${index}`;
  const [web = '', owned = ''] = Object.keys(toLeastHealthy(nodeName));
  const pod = inPool(nodeName, POD);
  const namespace = nodeName;
  return {
    nodeName,
    podCount: WEB_REPLICAS + OWNED_REPLICAS + 1,
    objects: [
      deployment({ namespace, name: web, replicas: WEB_REPLICAS, pod }),
      deployment({ namespace, name: owned, replicas: OWNED_REPLICAS, pod }),
      disruptionBudget({ namespace, name: owned, maxUnavailable: 1 }),
      daemonSet({ namespace, name: 'agent', pod }),
    ],
  };
};

/**
 * Drains while a proxy between the worker and the API server injects faults. The faults of a printed seed are injected again with it in
 * FAULTS_SEED, into FAULTS_DRAINS drains.
 */
export const describeFaults = (defaultCount: number): void => {
  const drainCount = Number(process.env['FAULTS_DRAINS'] ?? defaultCount);
  const seed = Number(process.env['FAULTS_SEED'] ?? Date.now() % 1_000_000);

  describe(`${drainCount} drains through a faulty network, seed ${seed}`, () => {
    let harness: Harness;
    let proxy: FaultProxy;
    let worker: ManagedProcess;
    const drained: Drained[] = [];

    beforeAll(async () => {
      harness = await startHarness();
      proxy = await FaultProxy.start(harness.stack, seed);
      worker = await startProxiedWorker();
      for (let start = 1; start <= drainCount; start += DRAINS_AT_ONCE) {
        const count = Math.min(DRAINS_AT_ONCE, drainCount - start + 1);
        await drain(Array.from({ length: count }, (_each, index) => toScene(start + index)));
      }
      const counts = Object.fromEntries([...proxy.counts].sort(([a], [b]) => a.localeCompare(b)));
      process.stdout.write(`faults of seed ${seed}: ${JSON.stringify(counts, undefined, 1)}\n`);
    });

    afterAll(async () => {
      proxy.stop();
      await harness.stop();
    });

    const startProxiedWorker = async (): Promise<ManagedProcess> => {
      const { stack } = harness;
      const original = await stack.serviceAccountKubeconfig('node-decommission', 'node-decommission');
      const path = join(stack.directory, 'fault-proxy.yaml');
      const kubeconfig = proxy.writeKubeconfig(original, stack.directory);
      writeFileSync(path, JSON.stringify({ clusters: { default: { kubeconfig } }, waits: WAITS, limits: LIMITS }));
      return await harness.startWorker({ NODE_DECOMMISSION_CONFIG: path });
    };

    /** All at the same time. */
    const drain = async (scenes: readonly Scene[]): Promise<void> => {
      const { stack } = harness;
      await setScenes(stack, scenes);
      // Also those of the spare nodes: the watch counts the pods of its start.
      await Promise.all(scenes.map(({ nodeName }) => stack.awaitPodsReady(nodeName, 'app=agent', 2)));
      const listed = await Promise.all(scenes.map(({ nodeName }) => readPodsOnNode(stack, nodeName)));
      const watch = await startObjectWatch(stack, scenes[0]!.nodeName, '/api/v1/pods');
      const closings = await Promise.all(
        scenes.map(async ({ nodeName }) =>
          awaitClosing(await harness.start({ nodeNames: [nodeName], hostCleanup: 'skip' })),
        ),
      );
      worker.checkRunning();
      await watch.stop();
      const events = watch.events();
      const seen = { ...watch, events: () => events };
      scenes.forEach((scene, index) => {
        const apps = Object.keys(toLeastHealthy(scene.nodeName));
        drained.push({
          scene,
          closing: closings[index]!,
          listed: toUids(listed[index] ?? []),
          lowest: Object.fromEntries(apps.map((app) => [app, toLowestHealthyCount(seen, app)])),
        });
      });
    };

    it('end with their nodes retired, and nothing left', async () => {
      expect(
        drained.map(
          ({ closing: { status, report } }) => `${status} ${report.outcome} ${report.failure?.message ?? ''}`,
        ),
      ).toEqual(drained.map(() => 'Completed Decommissioned '));
      const nodes = await Promise.all(
        drained.map(({ scene }) => harness.stack.api.find(`/api/v1/nodes/${scene.nodeName}`)),
      );
      expect(nodes.filter((node) => node !== undefined)).toEqual([]);
      const budgets = await harness.stack.api.list('/apis/policy/v1/poddisruptionbudgets');
      expect(budgets.map(({ metadata }) => metadata.name).sort()).toEqual(
        drained.map(({ scene }) => `${scene.nodeName}-owned`).sort(),
      );
    });

    it('evict no pod twice, none that was not listed, and leave none out', () => {
      const events = harness.stack.auditEvents();
      const evictions = toAcceptedEvictions(events.filter(({ userAgent }) => userAgent !== DUPLICATE_USER_AGENT));
      expect(toRepeatedUids(evictions)).toEqual([]);
      const all = drained.flatMap(({ listed }) => listed);
      expect(evictions.map(({ uid }) => uid).filter((uid) => !all.includes(uid))).toEqual([]);
      expect(toUnaccountedPods(events, all)).toEqual([]);
    });

    it('stay within every budget', () => {
      for (const { scene, lowest } of drained) {
        const tooLow = Object.entries(toLeastHealthy(scene.nodeName)).filter(([app, least]) => lowest[app]! < least);
        expect({ tooLow, lowest }).toEqual({ tooLow: [], lowest });
      }
      // The watch must have observed the drains, or it would prove nothing.
      expect(drained.filter(({ lowest, scene }) => lowest[`${scene.nodeName}-web`]! < WEB_REPLICAS)).toHaveLength(
        drainCount,
      );
    });

    it('have met every kind of fault', () => {
      const possible = listFaultNames();
      const statuses = possible.flatMap((name) => /^answer (\d+)/.exec(name)?.[1] ?? []);
      expect([...new Set(statuses)].map(Number).sort()).toEqual(STATUSES);
      const toKinds = (names: readonly string[]): readonly string[] =>
        [...new Set(names.map((name) => name.split(/[ ,]/)[0] ?? ''))].sort();
      const met = [...proxy.counts.keys()].sort();
      if (drainCount < ALL_FAULTS_FROM) expect(toKinds(met)).toEqual(toKinds(possible));
      else expect(met).toEqual(possible);
    });
  });
};
