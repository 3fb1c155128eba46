import { describe, expect, it } from '@jest/globals';
import { readNodePresence } from '../../../src/activities/node/read-node-presence.ts';
import { POINT_OF_NO_RETURN_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { node } from '../../builders/node.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

describe('readNodePresence', () => {
  const presences: [name: string, nodes: NodeFacts[], presence: string][] = [
    ['the Node is there', [node()], 'there'],
    ['it is marked for deletion, which cannot be undone', [node({ deleting: true })], 'deleting'],
    [
      'it is past the point of no return of a run',
      [node({ annotations: { [POINT_OF_NO_RETURN_ANNOTATION]: '2026-01-02T03:04:05.000Z' } })],
      'pastPointOfNoReturn',
    ],
    ['it is not there', [], 'gone'],
    ['another one has its name', [node({ uid: 'uid-new' })], 'gone'],
  ];
  it.each(presences)('%s', async (_name, nodes, presence) => {
    const dependencies = activityDependencies(new FakeCluster({ nodes }));
    await expect(readNodePresence(dependencies)(taskContext(), nodeTarget())).resolves.toBe(presence);
  });
});
