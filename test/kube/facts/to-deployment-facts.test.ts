import { describe, expect, it } from '@jest/globals';
import { toDeploymentFacts } from '../../../src/kube/facts/to-deployment-facts.ts';

const metadata = { namespace: 'shop', name: 'web', uid: 'uid-web', resourceVersion: '7' };
const spec = { selector: { matchLabels: { app: 'web' } }, template: {} };

describe('toDeploymentFacts', () => {
  it('reads an object with everything', () => {
    const owner = { apiVersion: 'example.com/v1', kind: 'App', name: 'shop', uid: 'uid-app', controller: true };
    expect(
      toDeploymentFacts({
        metadata: { ...metadata, labels: { a: 'b' }, generation: 4, ownerReferences: [owner] },
        spec: { ...spec, replicas: 2, paused: true, strategy: { type: 'Recreate' } },
        status: {
          ...{ observedGeneration: 3, replicas: 5, updatedReplicas: 4, readyReplicas: 3, availableReplicas: 2 },
          conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }],
        },
      }),
    ).toEqual({
      ...metadata,
      labels: { a: 'b' },
      controller: owner,
      selector: { matchLabels: { app: 'web' }, matchExpressions: [] },
      replicas: 2,
      strategy: 'Recreate',
      paused: true,
      generation: 4,
      observedGeneration: 3,
      podCount: 5,
      updatedCount: 4,
      readyCount: 3,
      availableCount: 2,
      replicaFailure: 'exceeded quota',
    });
  });

  it.each([undefined, { conditions: [{ type: 'ReplicaFailure', status: 'False', message: 'it was' }] }])(
    'reads what the API server omits',
    (status) => {
      expect(toDeploymentFacts({ metadata, spec, ...(status === undefined ? {} : { status }) })).toEqual({
        ...metadata,
        labels: {},
        selector: { matchLabels: { app: 'web' }, matchExpressions: [] },
        replicas: 1,
        strategy: 'RollingUpdate',
        paused: false,
        ...{ generation: 0, observedGeneration: 0, podCount: 0, updatedCount: 0, readyCount: 0, availableCount: 0 },
      });
    },
  );
});
