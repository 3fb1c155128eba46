import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';
import { playReset, toResets } from './play-resets.ts';
import { playTermination, toTerminations } from './play-terminations.ts';
import { recordRun } from './rows.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

/** Rows come from the histories of these runs: a new step has its own. */
const recorded = await recordRun(stage);
const withHost = await recordRun(stage, true);

/** Without a host, all others are the same. */
const OF_HOSTS = ['runHostStage', 'verifyHost', 'proveHost', 'deleteNode'];
const terminations = [
  ...toTerminations(recorded),
  ...toTerminations(withHost).filter(({ call }) => OF_HOSTS.includes(call.name)),
];
const resets = [...toResets(recorded), ...toResets(withHost)];

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
