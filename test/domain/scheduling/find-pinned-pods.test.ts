import { describe, expect, it } from '@jest/globals';
import type { PodFacts, VolumeFacts } from '../../../src/domain/cluster/facts.ts';
import { findPinnedPods } from '../../../src/domain/scheduling/find-pinned-pods.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';

const onNodes = (...values: string[]): VolumeFacts => ({
  name: 'pv-1',
  nodeAffinity: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values }], matchFields: [] }],
});

describe('findPinnedPods', () => {
  it.each<[string, Partial<PodFacts>, VolumeFacts, readonly string[], string | undefined]>([
    [
      'a local volume pins',
      { persistentVolumeClaims: ['data'] },
      onNodes('node-1'),
      ['node-1'],
      "0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity.",
    ],
    [
      "a selector of the node's host name pins",
      { nodeSelector: { 'kubernetes.io/hostname': 'node-1' } },
      onNodes('node-1'),
      ['node-1'],
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
    ],
    [
      'an affinity to the node pins',
      {
        requiredNodeAffinity: [
          { matchExpressions: [], matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] },
        ],
      },
      onNodes('node-1'),
      ['node-1'],
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
    ],
    [
      'a volume that only the removed nodes can use pins',
      { persistentVolumeClaims: ['data'] },
      onNodes('node-1', 'node-2'),
      ['node-1', 'node-2'],
      "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity.",
    ],
    [
      'a volume that another node can use does not',
      { persistentVolumeClaims: ['data'] },
      onNodes('node-1', 'node-2'),
      ['node-1'],
      undefined,
    ],
    [
      'a selector that no node satisfies does not',
      { nodeSelector: { zone: 'gone' } },
      onNodes('node-1'),
      ['node-1'],
      undefined,
    ],
    ['insufficient room does not', { requests: { cpu: 9000 } }, onNodes('node-1'), ['node-1'], undefined],
  ])('%s', (_name, overrides, volume, removedNodeNames, expected) => {
    const moved = pod(overrides);
    const pinned = findPinnedPods({
      nodes: [node(), node({ name: 'node-2' }), node({ name: 'node-3' })],
      removedNodeNames,
      pods: [moved],
      podsToMove: [moved],
      claims: [{ namespace: 'default', name: 'data', volumeName: 'pv-1' }],
      volumes: [volume],
    });

    expect(pinned[moved.uid]).toBe(expected);
  });

  it('reports no pod as pinned when all nodes are removed', () => {
    const moved = pod({ nodeSelector: { 'kubernetes.io/hostname': 'node-1' } });

    expect(
      findPinnedPods({
        nodes: [node()],
        removedNodeNames: ['node-1'],
        pods: [moved],
        podsToMove: [moved],
        claims: [],
        volumes: [],
      }),
    ).toEqual({});
  });
});
