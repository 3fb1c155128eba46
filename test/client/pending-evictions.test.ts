import { describe, expect, it } from '@jest/globals';
import {
  Client,
  defaultPayloadConverter,
  type ConnectionLike,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { readPendingEvictions } from '../../src/client/pending-evictions.ts';
import { progress } from '../builders/run-status.ts';

const client = new Client({ connection: { plugins: [] } as unknown as ConnectionLike });

const describing = (pendingActivities: readonly object[]): WorkflowExecutionDescription =>
  ({ raw: { pendingActivities } }) as unknown as WorkflowExecutionDescription;

const activity = (activityId: string, details?: unknown, more: object = {}): object => ({
  activityId,
  attempt: 1,
  ...(details === undefined ? {} : { heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(details)] } }),
  ...more,
});

describe('readPendingEvictions', () => {
  it('reads the heartbeat of each eviction, by pod', async () => {
    const evictions = await readPendingEvictions(client, describing([activity('evict:default/web-1', progress())]));
    expect([...evictions]).toEqual([['default/web-1', { attempt: 1, progress: progress() }]]);
  });

  it.each([
    { name: 'has no heartbeat yet', pending: activity('evict:default/web-1'), expected: { attempt: 1 } },
    {
      name: 'heartbeats something else',
      pending: activity('evict:default/web-1', { done: 3 }),
      expected: { attempt: 1 },
    },
    {
      name: 'is retried',
      pending: activity('evict:default/web-1', undefined, { attempt: 2, lastFailure: { message: 'timeout' } }),
      expected: { attempt: 2, lastFailure: 'timeout' },
    },
  ])('reads an eviction that $name', async ({ pending, expected }) => {
    const evictions = await readPendingEvictions(client, describing([pending]));
    expect(evictions.get('default/web-1')).toEqual(expected);
  });

  it('leaves other activities out', async () => {
    expect((await readPendingEvictions(client, describing([activity('deleteNode', progress())]))).size).toBe(0);
  });
});
