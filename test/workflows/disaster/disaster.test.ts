import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';
import { playReset, recordResets } from './play-resets.ts';
import { playTermination, toTerminations } from './play-terminations.ts';
import { recordCalls, type Call } from './rows.ts';
import { PLAIN, WITH_EVERYTHING, WITH_HOST, type Scene } from './scenes.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

/** Rows come from the histories of these runs: a new step has its own. */
const recorded = await recordCalls(stage, PLAIN);

/** Of a scene with more than an ordinary run: what that run does not call, and what is past its point of no return. */
const recordMore = async (scene: Scene): Promise<readonly Call[]> =>
  (await recordCalls(stage, scene)).filter(
    ({ name }) => ['proveHost', 'deleteNode'].includes(name) || !recorded.some((call) => call.name === name),
  );

const terminations = [
  ...toTerminations(PLAIN, recorded),
  ...toTerminations(WITH_HOST, await recordMore(WITH_HOST)),
  ...toTerminations(WITH_EVERYTHING, await recordMore(WITH_EVERYTHING)),
];
const resets = await recordResets(stage);

describe('a run of one node that is terminated', () => {
  it.concurrent.each(terminations)('leaves nothing: $name', async (row) => {
    expect(await playTermination(stage, row)).toEqual([]);
  });
});

describe('a run of one node that is reset', () => {
  it.concurrent.each(resets)('leaves nothing: $name', async (row) => {
    expect(await playReset(stage, row)).toEqual([]);
  });
});
