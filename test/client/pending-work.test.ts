import { describe, expect, it } from '@jest/globals';
import { readPendingWork } from '../../src/client/pending-work.ts';
import { describing, pendingActivity, unconnectedClient } from '../builders/pending-activity.ts';
import { progress } from '../builders/run-status.ts';

const client = unconnectedClient();

const activity = (name: string, heartbeat?: unknown, more: object = {}): object =>
  pendingActivity(name === 'evictPod' ? 'evict:default/web-1' : '7', heartbeat, { activityType: { name }, ...more });
const failed = { attempt: 4, lastFailure: { message: 'no answer.' } };

describe('readPendingWork', () => {
  it.each([
    {
      name: 'why the last attempt ended',
      pending: [activity('runHostStage', { message: 'cleanHost runs' }, failed)],
      expected: { activity: 'runHostStage', attempt: 4, message: 'no answer.' },
    },
    {
      name: 'what a first attempt says',
      pending: [activity('runHostStage', { message: 'cleanHost runs' })],
      expected: { activity: 'runHostStage', attempt: 1, message: 'cleanHost runs' },
    },
    { name: 'nothing of an activity that says nothing', pending: [activity('deleteNode')], expected: undefined },
    {
      name: "nothing of another version's heartbeat",
      pending: [activity('deleteNode', { message: 3 })],
      expected: undefined,
    },
    { name: 'nothing of an eviction', pending: [activity('evictPod', progress(), failed)], expected: undefined },
    { name: 'nothing where nothing is under way', pending: [], expected: undefined },
  ])('tells $name', async ({ pending, expected }) => {
    expect(await readPendingWork(client, describing(...pending))).toEqual(expected);
  });
});
