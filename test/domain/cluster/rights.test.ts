import { describe, expect, it } from '@jest/globals';
import type { AccessRight } from '../../../src/domain/cluster/facts.ts';
import {
  RIGHTS_TO_RUN,
  toMissingRightText,
  toRightText,
  toRightsOfRun,
  toUnusedRights,
} from '../../../src/domain/cluster/rights.ts';

describe('toRightText', () => {
  it.each<{ readonly right: AccessRight; readonly expected: string }>([
    { right: { verb: 'get', group: '', resource: 'nodes' }, expected: 'get nodes' },
    {
      right: { verb: 'patch', group: 'policy', resource: 'poddisruptionbudgets' },
      expected: 'patch poddisruptionbudgets.policy',
    },
    {
      right: { verb: 'get', group: 'apps.kruise.io', resource: 'clonesets', subresource: 'scale' },
      expected: 'get clonesets.apps.kruise.io/scale',
    },
    { right: { verb: 'get', group: '', resource: 'pods', namespace: 'shop' }, expected: 'get pods in shop' },
  ])('returns $expected', ({ right, expected }) => {
    expect(toRightText(right)).toBe(expected);
  });
});

describe('toMissingRightText', () => {
  it.each<{ readonly right: AccessRight; readonly expected: string }>([
    {
      right: { verb: 'patch', group: '', resource: 'nodes' },
      expected: 'the permission to patch nodes is missing: grant it to the identity that the worker uses',
    },
    {
      right: { verb: 'patch', group: 'apps', resource: 'deployments' },
      expected:
        'the permission to patch deployments.apps is missing: grant it to the identity that the worker uses (ClusterRole node-decommission-surge of deploy/rbac.yaml)',
    },
    {
      right: { verb: 'delete', group: '', resource: 'pods' },
      expected:
        'the permission to delete pods is missing: grant it to the identity that the worker uses (ClusterRole node-decommission-force of deploy/rbac.yaml)',
    },
  ])(
    'names the permission to $right.verb $right.resource, with the ClusterRole if it is optional',
    ({ right, expected }) => {
      expect(toMissingRightText(right)).toBe(expected);
    },
  );
});

describe('toRightsOfRun', () => {
  it.each([
    ['rollBack', 'block', false, false],
    ['delete', 'block', true, false],
    ['rollBack', 'surge', false, true],
  ] as const)('onTimeout: %s, singleReplica: %s', (onTimeout, singleReplica, deletesPods, patchesDeployments) => {
    const texts = toRightsOfRun({ onTimeout, singleReplica }).map(toRightText);
    expect(texts.includes('delete pods')).toBe(deletesPods);
    expect(texts.includes('patch deployments.apps')).toBe(patchesDeployments);
  });
});

describe('toUnusedRights', () => {
  it('leaves out what preflight has used, and nothing that changes a cluster', () => {
    const unused = toUnusedRights(RIGHTS_TO_RUN);
    const used = RIGHTS_TO_RUN.filter((right) => !unused.includes(right)).map(toRightText);
    expect(used).toEqual([
      'list nodes',
      'list pods',
      'list poddisruptionbudgets.policy',
      'list persistentvolumes',
      'list volumeattachments.storage.k8s.io',
      'get namespaces kube-system',
      'create selfsubjectaccessreviews.authorization.k8s.io',
    ]);
  });
});
