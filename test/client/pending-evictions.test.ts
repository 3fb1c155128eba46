import { describe, expect, it } from '@jest/globals';
import { readPendingEvictions } from '../../src/client/pending-evictions.ts';
import { describing, pendingActivity, unconnectedClient } from '../builders/pending-activity.ts';
import { progress } from '../builders/run-status.ts';

const client = unconnectedClient();

describe('readPendingEvictions', () => {
  it('reads the heartbeat of each eviction, by pod', async () => {
    const evictions = await readPendingEvictions(
      client,
      describing(pendingActivity('evict:default/web-1', progress())),
    );
    expect([...evictions]).toEqual([['default/web-1', { attempt: 1, progress: progress() }]]);
  });

  it.each([
    { name: 'has no heartbeat yet', pending: pendingActivity('evict:default/web-1'), expected: { attempt: 1 } },
    {
      name: 'heartbeats something else',
      pending: pendingActivity('evict:default/web-1', { done: 3 }),
      expected: { attempt: 1 },
    },
    {
      name: 'is retried',
      pending: pendingActivity('evict:default/web-1', undefined, { attempt: 2, lastFailure: { message: 'timeout' } }),
      expected: { attempt: 2, lastFailure: 'timeout' },
    },
    {
      name: 'no worker has taken yet',
      pending: pendingActivity('evict:default/web-1', undefined, { state: 1 }),
      expected: { attempt: 1, isQueued: true },
    },
    {
      name: 'waits for its second attempt',
      pending: pendingActivity('evict:default/web-1', undefined, { state: 1, attempt: 2 }),
      expected: { attempt: 2 },
    },
    {
      name: 'a worker runs',
      pending: pendingActivity('evict:default/web-1', undefined, { state: 2 }),
      expected: { attempt: 1 },
    },
  ])('reads an eviction that $name', async ({ pending, expected }) => {
    const evictions = await readPendingEvictions(client, describing(pending));
    expect(evictions.get('default/web-1')).toEqual(expected);
  });

  it('ignores other activities', async () => {
    expect((await readPendingEvictions(client, describing(pendingActivity('deleteNode', progress())))).size).toBe(0);
  });
});
