import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScheduler } from '../../../src/worker/create-scheduler.ts';
import { startHarness, type Harness } from '../harness/harness.ts';
import { addAgreements, countAgreement, type Agreement } from './count-agreement.ts';
import { generateCluster } from './generated-cluster.ts';
import { planCluster } from './plan-cluster.ts';
import { playCluster } from './play-cluster.ts';
import { DEVICE_CLASS_OBJECT } from './volumes-and-devices.ts';

/**
 * Shares of wrong verdicts that are tolerated in so few clusters. Ten times the goal for `fits` (docs/preflight.md): evicted pods reach the
 * scheduler in any order, and in a tight cluster they can fill the last node of a pod in a way that no trial tries.
 */
const MAX_FITS_LEFT_PENDING = 0.05;
const MAX_DOES_NOT_FIT_PLACED = 0.05;

/**
 * Plans the removal of nodes of generated clusters, removes them, and compares. A printed case is played again with its seed in
 * AGREEMENT_SEED and AGREEMENT_CLUSTERS=1.
 */
export const describeAgreement = (clusterCount: number): void => {
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

    const play = async (seed: number): Promise<Agreement> => {
      let planned: Awaited<ReturnType<typeof planCluster>> | undefined;
      const observed = await playCluster(harness.stack, generateCluster(seed), async (nodeNames) => {
        planned = await planCluster(harness.stack.adminKubeconfigPath, nodeNames, scheduler);
      });
      return countAgreement(`seed ${seed}`, planned?.pods ?? [], observed);
    };

    it(`agree with what the running scheduler does in ${clusters} generated clusters`, async () => {
      const all: Agreement[] = [];
      for (let seed = firstSeed; seed < firstSeed + clusters; seed++) all.push(await play(seed));
      const total = addAgreements(all);
      const figures = JSON.stringify(total, undefined, 1);
      process.stdout.write(`agreement in ${clusters} clusters from seed ${firstSeed}: ${figures}\n`);
      expect(total.pods).toBeGreaterThan(3 * clusters);
      expect(total.doesNotFit).toBeGreaterThan(0.25 * total.pods);
      // The wrong ones are listed with the figures.
      expect(total.fitsLeftPending).toBeLessThanOrEqual(MAX_FITS_LEFT_PENDING * total.fits);
      expect(total.doesNotFitPlaced).toBeLessThanOrEqual(MAX_DOES_NOT_FIT_PLACED * total.doesNotFit);
    });
  });
};
