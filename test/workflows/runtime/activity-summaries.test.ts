import { describe, expect, it } from '@jest/globals';
import { ACTIVITY_NAMES, toCallOptions } from '../../../src/workflows/runtime/activity-summaries.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { TaskScript, target } from '../task-script.ts';

const CONTEXT = taskContext({ reason: 'token abc' });
const REQUEST = decommissionRequest({ reason: 'token abc' });

const evict = (name: string, workload: string) =>
  toCallOptions('evictPod', [CONTEXT, { node: nodeTarget(), pod: target(name, { workload }) }]);

describe('toCallOptions', () => {
  it('has every activity', () => {
    expect(ACTIVITY_NAMES.toSorted()).toEqual(Object.keys(new TaskScript('').activities).toSorted());
  });

  it.each([
    ['a pod of a workload', evict('web-1', 'Deployment/web'), 'default/web-1 of Deployment/web'],
    ['a bare pod', evict('web-1', ''), 'default/web-1'],
    ['one node', toCallOptions('cordonNode', [CONTEXT, nodeTarget()]), 'node node-1'],
    [
      'more nodes than fit',
      toCallOptions('protectWorkloads', [CONTEXT, REQUEST, ['a', 'b', 'c', 'd', 'e', 'f', 'g']]),
      'nodes a, b, c, d, e and 2 more',
    ],
    [
      'a request, which may contain anything',
      toCallOptions('checkRequest', [{ password: 'abc' }, false]),
      'request validation, before any change',
    ],
    ['a plan', toCallOptions('planTask', [CONTEXT, REQUEST]), 'node node-1 of cluster default'],
  ])('summarizes the call for %s', (_name, { summary }, expected) => {
    expect(summary).toBe(expected);
  });

  it('stays below the limit of a server', () => {
    expect(evict('p'.repeat(253), `Deployment/${'w'.repeat(253)}`).summary).toHaveLength(200);
  });

  it('gives an eviction the id that `status` reads', () => {
    expect(evict('web-1', '').activityId).toBe('evict:default/web-1');
    expect(toCallOptions('cordonNode', [CONTEXT, nodeTarget()])).not.toHaveProperty('activityId');
  });
});
