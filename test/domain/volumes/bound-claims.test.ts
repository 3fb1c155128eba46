import { describe, expect, it } from '@jest/globals';
import type { PodFacts, VolumeFacts } from '../../../src/domain/cluster/facts.ts';
import { toHoldingClaims } from '../../../src/domain/volumes/bound-claims.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';

const inZone = (value: string): NonNullable<VolumeFacts['nodeAffinity']> => [
  { matchExpressions: [{ key: 'zone', operator: 'In', values: [value] }], matchFields: [] },
];

describe('toHoldingClaims', () => {
  const nodes = [
    node({ name: 'node-2', labels: { zone: 'a', pool: 'batch' } }),
    node({ name: 'node-3', labels: { zone: 'b', pool: 'web' } }),
  ];
  const claims = [{ namespace: 'default', name: 'data', volumeName: 'pv-1' }];

  it.each<[string, Partial<PodFacts>, Partial<VolumeFacts>, readonly string[]]>([
    ['of a volume that another node can use holds nothing', {}, { nodeAffinity: inZone('a') }, []],
    ['of a volume that no other node can use holds the pod', {}, { nodeAffinity: inZone('c') }, ['data']],
    [
      'of a volume that only a node can use which the pod does not select holds the pod',
      { nodeSelector: { pool: 'web' } },
      { nodeAffinity: inZone('a') },
      ['data'],
    ],
    [
      'of a volume that another node can use holds no pod that selects no node',
      { nodeSelector: { pool: 'gone' } },
      { nodeAffinity: inZone('a') },
      [],
    ],
    ['of a volume without affinity holds nothing', {}, {}, []],
    ['that is deleted with the pod holds nothing', { ephemeralClaims: ['data'] }, { nodeAffinity: inZone('c') }, []],
  ])('a claim %s', (_name, overrides, volume, expected) => {
    const find = toHoldingClaims(nodes, claims, [{ name: 'pv-1', ...volume }]);
    const holding = find(pod({ persistentVolumeClaims: ['data'], ...overrides }));
    expect(holding.map(({ claimName }) => claimName)).toEqual(expected);
  });
});
