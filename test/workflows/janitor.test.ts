import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { toLeftoverList } from '../../src/domain/janitor/leftover-list.ts';
import { toClusterQueue } from '../../src/domain/run/workflow-ids.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { leftover } from '../builders/leftover.ts';
import type { TaskScript } from './task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from './workflow-harness.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);

describe('janitor', () => {
  let harness: WorkflowHarness;
  beforeAll(async () => {
    harness = await WorkflowHarness.open();
  }, TEST_TIMEOUT_MILLISECONDS);
  afterAll(async () => {
    await harness.close();
  });

  /** The result, or the cause of the failure. */
  const run = async (script: TaskScript, input: readonly unknown[]): Promise<unknown> => {
    const handle = await harness.startRaw(script, 'janitor', [...input]);
    try {
      return await handle.result();
    } catch (error) {
      return error instanceof WorkflowFailedError ? error.cause : error;
    }
  };

  it('completes when nothing is left', async () => {
    const script = harness.createScript();
    expect(await run(script, [{ cluster: script.cluster }])).toMatchObject({ cluster: script.cluster, count: 0 });
    expect(script.calls).toEqual(['listLeftovers']);
  });

  it('fails with the list when something is left', async () => {
    const script = harness.createScript();
    const list = toLeftoverList(script.cluster, [leftover()], []);
    script.wrap('listLeftovers', () => () => Promise.resolve(list));
    const failure = await run(script, [{ cluster: script.cluster }]);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      type: 'LeftoversFound',
      message: expect.stringContaining('Node node-1 (its cordon and annotations)') as unknown,
      details: [list],
    });
  });

  it.each<[string, readonly unknown[]]>([
    ['a text', ['east']],
    ['null', [null]],
    ['an unknown key', [{ clusters: 'east' }]],
    ['a name that is no text', [{ cluster: 7 }]],
    ['two arguments', [{}, {}]],
  ])('refuses %s', async (_what, input) => {
    expect(await run(harness.createScript(), input)).toMatchObject({ type: 'InvalidInput' });
  });

  it.each<[string, readonly unknown[]]>([
    ['no argument', []],
    ['an empty object', [{}]],
  ])('searches the default cluster with %s', async (_what, input) => {
    const handle = await harness.startRaw(harness.createScript(), 'janitor', [...input]);
    // No worker of this test has that cluster.
    const queue = await awaitCondition('the search is scheduled', async () => {
      const { events = [] } = await handle.fetchHistory();
      return events?.flatMap((event) => event.activityTaskScheduledEventAttributes?.taskQueue?.name ?? [])[0];
    });
    await handle.terminate('seen');
    expect(queue).toBe(toClusterQueue('default'));
  });
});
