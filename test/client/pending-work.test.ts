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
      name: 'why the last attempt failed',
      pending: [activity('runHostStage', { message: 'cleanHost runs' }, failed)],
      expected: { activity: 'runHostStage', attempt: 4, message: 'no answer.' },
    },
    {
      name: 'the message of a first attempt',
      pending: [activity('runHostStage', { message: 'cleanHost runs' })],
      expected: { activity: 'runHostStage', attempt: 1, message: 'cleanHost runs' },
    },
    { name: 'nothing for an activity without a heartbeat', pending: [activity('deleteNode')], expected: undefined },
    {
      name: "nothing from another version's heartbeat",
      pending: [activity('deleteNode', { message: 3 })],
      expected: undefined,
    },
    { name: 'nothing for an eviction', pending: [activity('evictPod', progress(), failed)], expected: undefined },
    { name: 'nothing when no activity is pending', pending: [], expected: undefined },
  ])('returns $name', async ({ pending, expected }) => {
    expect(await readPendingWork(client, describing(...pending))).toEqual(expected);
  });
});
