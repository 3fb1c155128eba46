import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScheduler } from '../../../src/worker/create-scheduler.ts';
import { itInLongRun } from '../../long-run.ts';
import { startHarness, type Harness } from '../harness/harness.ts';
import { FEW_PODS, hasWrongVerdicts, listDisagreements, PLUGINS } from './agreement-bounds.ts';
import { addAgreements, countAgreement, type Agreement } from './count-agreement.ts';
import { describeReplay } from './describe-replay.ts';
import { generateCluster } from './generated-cluster.ts';
import { planCluster } from './plan-cluster.ts';
import { playCluster } from './play-cluster.ts';
import { recordCase, type PlayedCase } from './played-case.ts';
import { DEVICE_CLASS_OBJECT } from './volumes-and-devices.ts';
import { startPlanWithoutPlugin } from './without-plugin.ts';

/**
 * Plans the removal of nodes of generated clusters, removes them, and compares. A printed case is played again with its seed in
 * AGREEMENT_SEED and AGREEMENT_CLUSTERS=1. AGREEMENT_RECORDS names a directory for the cases, AGREEMENT_REPLAY one whose cases are judged
 * again as they were observed: the running scheduler chooses at random between equal nodes.
 */
export const describeAgreement = (clusterCount: number): void => {
  const recorded = process.env['AGREEMENT_REPLAY'];
  if (recorded === undefined) describePlayed(clusterCount);
  else describeReplay(recorded);
};

const describePlayed = (clusterCount: number): void => {
  const clusters = Number(process.env['AGREEMENT_CLUSTERS'] ?? clusterCount);
  const firstSeed = Number(process.env['AGREEMENT_SEED'] ?? 1);

  describe('the verdicts of plans', () => {
    let harness: Harness;
    const scheduler = createScheduler();

    beforeAll(async () => {
      harness = await startHarness();
      await harness.stack.apply([DEVICE_CLASS_OBJECT]);
    });

    afterAll(async () => {
      await harness.stack.api.delete(`/apis/resource.k8s.io/v1/deviceclasses/${DEVICE_CLASS_OBJECT.metadata.name}`);
      await harness.stop();
    });

    const play = async (seed: number): Promise<PlayedCase> => {
      let planned: Awaited<ReturnType<typeof planCluster>> | undefined;
      const observed = await playCluster(harness.stack, generateCluster(seed), async (nodeNames) => {
        planned = await planCluster(harness.stack.adminKubeconfigPath, nodeNames, scheduler);
        const { pods } = planned;
        return (seen) => countAgreement('', pods, seen).mismatches.length === 0;
      });
      if (planned === undefined) throw new Error(`The cluster of seed ${seed} was not planned.`);
      return recordCase({ seed, ...planned, observed });
    };

    const cases: PlayedCase[] = [];
    let total: Agreement;

    it(`agree with what the running scheduler does in ${clusters} generated clusters`, async () => {
      for (let seed = firstSeed; seed < firstSeed + clusters; seed++) cases.push(await play(seed));
      total = addAgreements(cases.map(({ seed, pods, observed }) => countAgreement(`seed ${seed}`, pods, observed)));
      const figures = JSON.stringify(total, undefined, 1);
      process.stdout.write(`agreement in ${clusters} clusters from seed ${firstSeed}: ${figures}\n`);
      // The wrong ones are listed with the figures.
      expect(listDisagreements(total)).toEqual([]);
      expect(total.pods).toBeGreaterThan(3 * clusters);
    });

    it('disagree without any plugin that decided', async () => {
      const plan = await startPlanWithoutPlugin();
      try {
        for (const plugin of PLUGINS.filter((name) => (total.decidedBy[name] ?? 0) >= FEW_PODS)) {
          const without = await plan.compare(plugin, cases, hasWrongVerdicts);
          expect({ plugin, isWrong: hasWrongVerdicts(without) }).toEqual({ plugin, isWrong: true });
        }
      } finally {
        await plan.end();
      }
    });

    itInLongRun('are decided by every plugin', () => {
      const missing = PLUGINS.filter((plugin) => (total.decidedBy[plugin] ?? 0) < clusters / 10);
      expect(missing).toEqual([]);
      return Promise.resolve();
    });
  });
};
