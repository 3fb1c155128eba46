import { describe, expect, it } from '@jest/globals';
import { findSurgeObstacles, type SurgeObstacleFacts } from '../../../src/domain/surge/find-surge-obstacles.ts';
import { deployment, surgedDeployment } from '../../builders/deployment.ts';
import { owner, pod } from '../../builders/pod.ts';

const facts = (overrides: Partial<SurgeObstacleFacts> = {}): SurgeObstacleFacts => ({
  pod: pod(),
  deployment: deployment(),
  autoscalers: [],
  claims: [],
  taskId: 'task-1',
  ...overrides,
});

const claim = (...accessModes: string[]) => ({ namespace: 'default', name: 'data', volumeName: 'pv-1', accessModes });
const withClaim = pod({ persistentVolumeClaims: ['data'] });
const scaler = (overrides: object = {}) => ({
  ...{ namespace: 'default', name: 'web-hpa', targetKind: 'Deployment', targetName: 'web' },
  ...overrides,
});
const tolerant = pod({ tolerations: [{ key: '', operator: 'Exists', value: '', effect: '' }] });

describe('findSurgeObstacles', () => {
  it.each<[string, Partial<SurgeObstacleFacts>, string]>([
    ['a Deployment that is gone', { deployment: undefined }, 'it no longer exists'],
    ['the strategy Recreate', { deployment: deployment({ strategy: 'Recreate' }) }, 'its strategy is Recreate'],
    ['a paused rollout', { deployment: deployment({ paused: true }) }, 'its rollout is paused'],
    ['a rollout that is not observed', { deployment: deployment({ generation: 2 }) }, 'its rollout has not finished'],
    ['an old pod of a rollout', { deployment: deployment({ podCount: 2 }) }, 'its rollout has not finished'],
    ['a pod of an old template', { deployment: deployment({ updatedCount: 0 }) }, 'its rollout has not finished'],
    [
      'a HorizontalPodAutoscaler',
      { autoscalers: [scaler()] },
      'HorizontalPodAutoscaler web-hpa sets its replica count',
    ],
    [
      'an owner of the Deployment',
      { deployment: deployment({ controller: owner('example.com/v1', 'App', 'shop') }) },
      'it is managed by App shop',
    ],
    [
      'a ReadWriteOnce volume',
      { pod: withClaim, claims: [claim('ReadWriteOnce')] },
      'its volume claim data is ReadWriteOnce',
    ],
    [
      'a ReadWriteOncePod volume',
      { pod: withClaim, claims: [claim('ReadWriteOncePod')] },
      'its volume claim data is ReadWriteOncePod',
    ],
    ['a volume claim that was not read', { pod: withClaim }, 'the access modes of its volume claim data are unknown'],
    [
      'a disk of the pod itself',
      { pod: pod({ inlineDisks: [{ driver: 'ebs.csi.aws.com', handle: 'vol-1' }] }) },
      'its disk vol-1 can be attached to one node at a time',
    ],
    ['a toleration of the cordon', { pod: tolerant }, 'its pods tolerate the cordon'],
    ['another task', { deployment: surgedDeployment({}, 'task-2') }, 'another task has started a second replica'],
    [
      'a copy of a labelled manifest',
      { deployment: deployment({ labels: surgedDeployment({}, 'task-1').labels, uid: 'uid-copy' }) },
      'another task has started a second replica',
    ],
  ])('%s', (_name, overrides, text) => {
    const [obstacle] = findSurgeObstacles(facts(overrides));
    expect(obstacle).toContain(text);
  });

  it.each<[string, Partial<SurgeObstacleFacts>]>([
    ['a plain Deployment', {}],
    [
      'a pod that is not Ready',
      { pod: pod({ ready: false }), deployment: deployment({ readyCount: 0, availableCount: 0 }) },
    ],
    ['an autoscaler of another Deployment', { autoscalers: [scaler({ targetName: 'api' })] }],
    ['an autoscaler of another kind', { autoscalers: [scaler({ targetKind: 'StatefulSet' })] }],
    ['an autoscaler of another namespace', { autoscalers: [scaler({ namespace: 'other' })] }],
    ['a volume for several nodes', { pod: withClaim, claims: [claim('ReadWriteOnce', 'ReadWriteMany')] }],
    ['a generic ephemeral volume', { pod: pod({ persistentVolumeClaims: ['x'], ephemeralClaims: ['x'] }) }],
    ['a surge of this task', { deployment: surgedDeployment({ paused: true }) }],
  ])('none for %s', (_name, overrides) => {
    expect(findSurgeObstacles(facts(overrides))).toEqual([]);
  });

  it('names all of them', () => {
    const both = facts({ deployment: deployment({ strategy: 'Recreate', paused: true }), autoscalers: [scaler()] });
    expect(findSurgeObstacles(both)).toHaveLength(3);
  });
});
