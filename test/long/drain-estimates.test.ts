import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeEstimate } from '../../src/domain/estimate/describe-estimate.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import { deployment, statefulSet } from '../../stack/cluster-fixtures/workloads.ts';
import { awaitClosing } from '../e2e/harness/closing.ts';
import { readDrainTimes } from '../e2e/harness/drain-times.ts';
import { startHarness, type Harness } from '../e2e/harness/harness.ts';
import { inPool } from '../e2e/harness/node-pool.ts';
import { setScenes, type Scene } from '../e2e/harness/scene.ts';

interface Drain {
  readonly name: string;
  readonly kind?: typeof statefulSet;
  readonly replicas: number;
  readonly maxUnavailable: number;
  readonly readySeconds: number;
  readonly endSeconds: number;
  readonly graceSeconds: number;
}

const DRAINS: readonly Drain[] = [
  { name: 'at-once', replicas: 4, maxUnavailable: 4, readySeconds: 3, endSeconds: 4, graceSeconds: 8 },
  { name: 'by-two', replicas: 8, maxUnavailable: 2, readySeconds: 5, endSeconds: 1, graceSeconds: 5 },
  { name: 'one-by-one', replicas: 6, maxUnavailable: 1, readySeconds: 3, endSeconds: 2, graceSeconds: 5 },
  { name: 'whole-grace', replicas: 6, maxUnavailable: 3, readySeconds: 4, endSeconds: 6, graceSeconds: 6 },
  {
    ...{ name: 'stateful', kind: statefulSet, replicas: 4, maxUnavailable: 1 },
    ...{ readySeconds: 3, endSeconds: 4, graceSeconds: 6 },
  },
];

/** The API's times are whole seconds; controllers, watches and this machine add to each round. */
const TOLERANCE_SECONDS_PER_ROUND = 2;

describe('drains that are compared with their estimates', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness();
    await Promise.all([harness.startWorker(), setScenes(harness.stack, DRAINS.map(toScene))]);
  });

  afterAll(async () => {
    await harness.stop();
  });

  it.each(DRAINS.map((drain) => [drain.name, drain] as const))('%s', async (nodeName, { replicas, maxUnavailable }) => {
    const run = await harness.start({ nodeNames: [nodeName], taskId: nodeName, hostCleanup: 'skip' });
    const closing = await awaitClosing(run);
    expect(closing.report.outcome).toBe('Decommissioned');
    const { estimate, actualSeconds } = await readDrainTimes(harness, run, closing);
    const { likelySeconds = Infinity, longestSeconds = -Infinity } = estimate;
    const tolerance = TOLERANCE_SECONDS_PER_ROUND * Math.ceil(replicas / maxUnavailable);

    const figures = [nodeName, likelySeconds, longestSeconds, actualSeconds.toFixed(1), describeEstimate(estimate)];
    process.stderr.write(`| ${figures.join(' | ')} |\n`);
    expect(actualSeconds).toBeGreaterThanOrEqual(likelySeconds - tolerance);
    expect(actualSeconds).toBeLessThanOrEqual(longestSeconds + tolerance);
  });

  const toScene = ({ name, kind = deployment, replicas, maxUnavailable, ...times }: Drain): Scene => ({
    nodeName: name,
    podCount: replicas,
    objects: [
      kind({
        ...{ namespace: name, name: 'web', replicas },
        pod: inPool(name, {
          terminationGracePeriodSeconds: times.graceSeconds,
          behavior: {
            readyAfterMilliseconds: times.readySeconds * 1000,
            terminateAfterMilliseconds: times.endSeconds * 1000,
          },
        }),
      }),
      disruptionBudget({ namespace: name, name: 'web', maxUnavailable }),
    ],
  });
});
