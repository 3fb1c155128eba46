import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_WAITS } from '../builders/wait-settings.ts';
import { awaitClosing } from './harness/closing.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import { readEvictions } from './harness/progress.ts';
import { setScenes, webScene } from './harness/scene.ts';

describe('with the default waits', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness({ waits: {} });
    await Promise.all([harness.startWorker(), setScenes(harness.stack, [webScene('patient')])]);
  });

  afterAll(async () => {
    await harness.stop();
  });

  it('evicts at once, checks for 5 s that the node stays empty, and verifies for 60 s that it does not re-register', async () => {
    const { stack } = harness;
    const closing = await awaitClosing(await harness.start({ nodeNames: ['patient'], hostCleanup: 'skip' }));

    expect(closing).toMatchObject({ status: 'Completed', report: { outcome: 'Decommissioned' } });
    const secondsOf = (name: string): number => {
      const step = closing.report.nodes[0]?.steps.find((each) => each.name === name);
      return (Date.parse(step?.endedAt ?? '') - Date.parse(step?.startedAt ?? '')) / 1000;
    };
    // The pods of this node are gone before it may count as empty, so that the two waits overlap.
    expect(secondsOf('evict')).toBeGreaterThanOrEqual(DEFAULT_WAITS.emptyTwiceSeconds);
    expect(secondsOf('evict')).toBeLessThan(DEFAULT_WAITS.settleSeconds + DEFAULT_WAITS.emptyTwiceSeconds);
    expect(secondsOf('finish')).toBeGreaterThanOrEqual(DEFAULT_WAITS.staysGoneSeconds - 1);
    expect(secondsOf('finish')).toBeLessThan(DEFAULT_WAITS.staysGoneSeconds + 20);
    expect(readEvictions(harness, 'patient')).toHaveLength(2);
    expect(await stack.api.find('/api/v1/nodes/patient')).toBeUndefined();
  });
});
