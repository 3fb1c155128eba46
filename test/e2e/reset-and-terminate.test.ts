import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isLongRun } from '../long-run.ts';
import { toUndonePastReturn } from './disaster/past-point.ts';
import { playResets, type Afterwards, type Problems } from './disaster/play-resets.ts';
import { judgeAfterJanitor, playTermination, TERMINATIONS } from './disaster/play-terminations.ts';
import type { ResetPoint } from './disaster/reset-points.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import { startObjectWatch, type ObjectWatch } from './harness/object-watch.ts';
import { setScenes, webScene } from './harness/scene.ts';

/** `staysGoneSeconds`: long enough to terminate a run in its last step. */
const WAITS = {
  settleSeconds: 0.5,
  emptyTwiceSeconds: 0.5,
  staysGoneSeconds: 3,
  detachSeconds: 60,
  budgetObservedSeconds: 60,
};
/** More at once take no less time on few cores. */
const AT_ONCE = 10;

/** In `npm test`: four. test/workflows/disaster has a row for each call of an activity. */
const BOUNDED = [
  'budgets: task, then janitor',
  'evict: task and node, then janitor',
  'deleteNode: node, then again',
  'finish: task and node, then janitor',
];
const ROWS = TERMINATIONS.filter(({ name }) => isLongRun || BOUNDED.includes(name));

const LANES: readonly Afterwards[] = isLongRun ? ['rejoined', 'gone', 'kept'] : ['rejoined', 'kept'];
/** In `npm test`: two of each. */
const BOUNDED_DEEDS = ['cordonNode', 'protectWorkloads', 'releaseNodeKeepingCordon'];
const choosePoints = (points: readonly ResetPoint[]): readonly ResetPoint[] =>
  isLongRun ? points : points.filter(({ does }) => BOUNDED_DEEDS.includes(does)).slice(-2);

/** Several runs at a time, on nodes of their own. */
describe('a decommission of one node', () => {
  let harness: Harness;
  let watch: ObjectWatch;
  const terminated: Record<string, readonly string[]> = {};
  const reset: Record<string, Problems> = {};

  beforeAll(async () => {
    harness = await startHarness({ waits: WAITS });
    await harness.startWorker();
    watch = await startObjectWatch(harness.stack, 'nodes', '/api/v1/nodes');
    await setScenes(
      harness.stack,
      LANES.map((afterwards) => webScene(afterwards)),
    );
    await Promise.all([...LANES.map(playLane), playTerminations()]);
    await harness.runCli(['janitor', '--undo', '--yes']);
  });

  afterAll(async () => {
    await watch.stop();
    await harness.stop();
  });

  const playLane = async (afterwards: Afterwards): Promise<void> => {
    reset[afterwards] = await playResets(harness, { nodeName: afterwards, afterwards }, choosePoints);
  };

  const playTerminations = async (): Promise<void> => {
    for (let index = 0; index < ROWS.length; index += AT_ONCE) {
      const rows = ROWS.slice(index, index + AT_ONCE);
      await setScenes(
        harness.stack,
        rows.map(({ place, nodeName }) => place.toScene(nodeName)),
      );
      await Promise.all(rows.map(async (row) => (terminated[row.name] = await playTermination(harness, row))));
    }
  };

  it.each(LANES)('that is finished leaves nothing when it is reset to any workflow task: %s', (afterwards) => {
    const problems = reset[afterwards] ?? {};
    const names = Object.keys(problems);
    expect(names.length).toBeGreaterThanOrEqual(3);
    expect(problems).toEqual(Object.fromEntries(names.map((name) => [name, []])));
  });

  it.each(ROWS)('that is terminated leaves nothing: $name', async (row) => {
    const afterJanitor = row.then === 'janitor' ? await judgeAfterJanitor(harness, row) : [];
    expect([...(terminated[row.name] ?? ['it was not played']), ...afterJanitor]).toEqual([]);
  });

  it('leaves nothing that the janitor finds', async () => {
    const { exitCode, stdout } = await harness.runCli(['janitor']);
    expect([exitCode, stdout.split('\n')[0]]).toEqual([0, expect.anything()]);
  });

  it('is never undone past its point of no return', () => {
    expect(toUndonePastReturn(watch)).toEqual([]);
  });
});
