import { describe, expect, it } from '@jest/globals';
import { findNodeClaim } from '../../../src/domain/node/claimed-node.ts';
import { node } from '../../builders/node.ts';

describe('findNodeClaim', () => {
  it.each([
    ['ToBeDeletedByClusterAutoscaler', 'Cluster Autoscaler'],
    ['karpenter.sh/disrupted', 'Karpenter'],
    ['karpenter.sh/disruption', 'Karpenter'],
    // Considered, not begun: the annotation of a run prevents it.
    ['DeletionCandidateOfClusterAutoscaler', undefined],
    ['node.kubernetes.io/unschedulable', undefined],
  ])('%s: %s', (key, name) => {
    expect(findNodeClaim(node({ taints: [{ key, value: '1', effect: 'NoSchedule' }] }))?.name).toBe(name);
  });
});
