import { describe, expect, it } from '@jest/globals';
import { planTrials } from '../../../src/domain/scheduling/plan-trials.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { judge, rescheduling } from '../../builders/rescheduling.ts';

const single = pod({ requests: { cpu: 3000 } });
const other = pod({ name: 'api-1', requests: { cpu: 1000 } });
const surged = rescheduling([single, other], { surging: [single] });

describe('pods that stay until their second replica runs', () => {
  it('are tried as another pod without a node, while the pod itself stays', () => {
    expect(surged.scheduling.pods).toContainEqual(
      expect.objectContaining({ uid: `${single.uid}/second`, name: 'web-1-a-second', nodeName: '' }),
    );
    expect(surged.scheduling.pods).toContainEqual(expect.objectContaining({ uid: single.uid, nodeName: 'node-1' }));
    for (const { pods } of planTrials(surged)) {
      expect(pods.map(({ uid }) => uid).sort()).toEqual([`${single.uid}/second`, other.uid].sort());
    }
  });

  it('are judged under their own UID', () => {
    expect(judge(surged).byUid).toMatchObject({
      [single.uid]: { verdict: 'fits', nodeName: 'node-2' },
      [other.uid]: { verdict: 'fits' },
    });
    const nodes = [node(), node({ name: 'node-2', allocatable: { cpu: 2000, memory: 1e9, pods: 110 } })];
    const tooSmall = judge(rescheduling([single], { nodes, surging: [single] }));
    expect(tooSmall.byUid[single.uid]?.verdict).toBe('doesNotFit');
    expect(tooSmall.unplacedAtBest).toEqual([single.uid]);
  });
});
