import { describe, expect, it } from '@jest/globals';
import type { Activities } from '../../../src/activities/index.ts';
import { toActivityQueue } from '../../../src/workflows/runtime/activity-queues.ts';
import { ACTIVITY_NAMES } from '../../../src/workflows/runtime/activity-summaries.ts';
import { taskContext } from '../../builders/task-context.ts';

const CONTEXT = taskContext({ cluster: 'east' });

describe('toActivityQueue', () => {
  const rows: readonly (readonly [keyof Activities, readonly unknown[], string | undefined])[] = [
    ['checkRequest', [{ cluster: 'east' }, false], undefined],
    ['checkRequest', ['no request'], undefined],
    ['acceptRequest', [{ request: { cluster: 'east' } }], 'node-decommission/east'],
    ['planTask', [CONTEXT], 'node-decommission/east'],
    ['uncordonNode', [CONTEXT], 'node-decommission/east'],
    ['deleteNode', [CONTEXT], 'node-decommission/east'],
    ['awaitNodeWorkflow', ['decommission/east/node/node-1', {}], 'node-decommission/east'],
    // Their deadlines count from the moment they are scheduled, and a node has one of them at most.
    ['awaitVolumesDetached', [CONTEXT], 'node-decommission/east'],
    ['awaitNodeStaysGone', [CONTEXT], 'node-decommission/east'],
    ['evictPod', [CONTEXT], 'node-decommission/east/waits'],
    ['surgePod', [CONTEXT], 'node-decommission/east/waits'],
    ['takeTurns', [CONTEXT], 'node-decommission/east/waits'],
    ['leaveTurn', [CONTEXT], 'node-decommission/east'],
  ];
  it.each(rows)('%s %j: %s', (name, args, expected) => {
    expect(toActivityQueue(name, args)).toBe(expected);
  });

  it('leaves nothing but what no cluster is needed for to workers of any cluster', () => {
    const toFirst = (name: keyof Activities): unknown =>
      name === 'awaitNodeWorkflow' ? 'decommission/east/x' : CONTEXT;
    const anywhere = ACTIVITY_NAMES.filter((name) => toActivityQueue(name, [toFirst(name)]) === undefined);
    expect(anywhere).toEqual(['checkRequest', 'judgeWindows']);
  });
});
