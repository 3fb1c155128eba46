import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { toLeftoverList } from '../../src/domain/janitor/leftover-list.ts';
import { leftover } from '../builders/leftover.ts';
import type { TaskScript } from './task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from './workflow-harness.ts';

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

  it.each<[string, readonly unknown[], string]>([
    ['no argument: the default cluster', [], 'default'],
    ['an empty object: the default cluster', [{}], 'default'],
    ['a text', ['east'], 'InvalidInput'],
    ['null', [null], 'InvalidInput'],
    ['an unknown key', [{ clusters: 'east' }], 'InvalidInput'],
    ['a name that is no text', [{ cluster: 7 }], 'InvalidInput'],
    ['two arguments', [{}, {}], 'InvalidInput'],
  ])('takes %s', async (_what, input, expected) => {
    const result = await run(harness.createScript(), input);
    expect(result instanceof ApplicationFailure ? result.type : (result as { cluster: string }).cluster).toBe(expected);
  });
});
