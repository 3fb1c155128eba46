import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createScheduler } from '../../src/scheduler/create-scheduler.ts';
import { addAgreements, countAgreement, type Agreement } from './agreement/count-agreement.ts';
import { generateCluster } from './agreement/generated-cluster.ts';
import { planCluster } from './agreement/plan-cluster.ts';
import { playCluster } from './agreement/play-cluster.ts';
import { DEVICE_CLASS_OBJECT } from './agreement/volumes-and-devices.ts';
import { startHarness, type Harness } from './harness/harness.ts';

const CLUSTERS = Number(process.env['AGREEMENT_CLUSTERS'] ?? 15);
/** Set it to play a printed case again. */
const FIRST_SEED = Number(process.env['AGREEMENT_SEED'] ?? 1);

let harness: Harness;

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
    planned = await planCluster(harness.stack.adminKubeconfigPath, nodeNames, createScheduler());
  });
  return countAgreement(`seed ${seed}`, planned?.pods ?? [], observed);
};

it('agrees with the running scheduler', async () => {
  const all: Agreement[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CLUSTERS; seed++) all.push(await play(seed));
  const total = addAgreements(all);
  process.stdout.write(
    `agreement of ${CLUSTERS} clusters from seed ${FIRST_SEED}: ${JSON.stringify(total, undefined, 1)}\n`,
  );
  expect(total.mismatches).toEqual([]);
});
