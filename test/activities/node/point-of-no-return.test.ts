import { describe, expect, it } from '@jest/globals';
import { uncordonNode } from '../../../src/activities/node/cordon-node.ts';
import { clearPointOfNoReturn, markPointOfNoReturn } from '../../../src/activities/node/point-of-no-return.ts';
import { POINT_OF_NO_RETURN_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { heldNode } from '../../builders/owned-node.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const AT = '2026-01-02T03:04:05.000Z';
const EARLIER = '2026-01-01T00:00:00.000Z';

const prepare = (given: NodeFacts = heldNode()) => {
  const cluster = new FakeCluster({ nodes: [given] });
  return { cluster, dependencies: activityDependencies(cluster), now: () => cluster.nodes.find('node-1')! };
};

const passedAt = ({ annotations }: NodeFacts): string | undefined => annotations[POINT_OF_NO_RETURN_ANNOTATION];

const markedNode = (at: string): NodeFacts =>
  heldNode({ annotations: { ...heldNode().annotations, [POINT_OF_NO_RETURN_ANNOTATION]: at } });

describe('markPointOfNoReturn', () => {
  it.each([
    ['writes when the run passes it', heldNode(), AT],
    ['finds its own record', markedNode(AT), AT],
    ['keeps the record of an earlier run', markedNode(EARLIER), EARLIER],
  ])('%s', async (_name, given, recorded) => {
    const { dependencies, now } = prepare(given);
    await markPointOfNoReturn(dependencies)(taskContext(), nodeTarget(), AT);
    expect(passedAt(now())).toBe(recorded);
  });

  it.each([
    [
      'that the Node names',
      { providerID: 'hcloud://42' },
      { machine: { providerID: 'hcloud://42', instanceId: '42' } },
    ],
    ['of which the Node has no providerID', {}, {}],
  ])('returns the machine %s', async (_name, given, expected) => {
    const { dependencies } = prepare(heldNode(given));
    const marked = await markPointOfNoReturn(dependencies)(taskContext(), nodeTarget(), AT);
    expect(marked).toMatchObject(expected);
    expect(Object.keys(marked)).toEqual(Object.keys(expected));
  });

  it.each([
    ['was uncordoned: CordonLost', heldNode({ unschedulable: false }), 'CordonLost'],
    ['lost its lock: LockLost', heldNode({ annotations: {} }), 'LockLost'],
    ['was recreated: NodeChanged', heldNode({ uid: 'uid-new' }), 'NodeChanged'],
  ])('writes nothing on a node that %s', async (_name, given, type) => {
    const { cluster, dependencies } = prepare(given);
    const failing = markPointOfNoReturn(dependencies)(taskContext(), nodeTarget(), AT);
    await expect(failing).rejects.toMatchObject({ type, retryable: false });
    expect(cluster.argsOf('patchNode')).toEqual([]);
  });

  it('does not overtake an undo that comes between its read and its write', async () => {
    const { cluster, dependencies, now } = prepare();
    cluster.before('patchNode', () => cluster.nodes.store({ ...now(), unschedulable: false }));
    const failing = markPointOfNoReturn(dependencies)(taskContext(), nodeTarget(), AT);
    await expect(failing).rejects.toMatchObject({ type: 'CordonLost' });
    expect(passedAt(now())).toBeUndefined();
  });

  it('is seen by an undo that comes between its read and its write', async () => {
    const { cluster, dependencies, now } = prepare();
    cluster.before('patchNode', () => cluster.nodes.store(markedNode(AT)));
    await uncordonNode(dependencies)(taskContext(), nodeTarget());
    expect(now()).toMatchObject({ unschedulable: true });
  });
});

describe('clearPointOfNoReturn', () => {
  it.each([
    ['removes its own record', AT, undefined],
    ['keeps the record of an earlier run', EARLIER, EARLIER],
  ])('%s', async (_name, recorded, left) => {
    const { dependencies, now } = prepare(markedNode(recorded));
    await clearPointOfNoReturn(dependencies)(taskContext(), nodeTarget(), AT);
    expect(passedAt(now())).toBe(left);
  });
});
