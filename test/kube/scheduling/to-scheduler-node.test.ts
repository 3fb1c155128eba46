import type { V1Node } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { toSchedulerNode } from '../../../src/kube/scheduling/to-scheduler-node.ts';
import type { Wire } from '../../../src/kube/transport/wire.ts';

const READY = { conditions: [{ type: 'Ready', status: 'True' }] };
const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
const gpu = { key: 'gpu', effect: 'NoSchedule' };

describe('toSchedulerNode', () => {
  it('has the labels, the taints, what is allocatable and the images, and nothing else', () => {
    const node: Wire<V1Node> = {
      metadata: { name: 'node-1', labels: { zone: 'a' }, annotations: { a: 'b' }, resourceVersion: '1' },
      spec: { podCIDR: '10.0.0.0/24', taints: [gpu] },
      status: {
        ...READY,
        allocatable: { cpu: '4' },
        capacity: { cpu: '5' },
        images: [{ names: ['nginx:1'], sizeBytes: 1 }],
      },
    };
    expect(toSchedulerNode(node)).toEqual({
      metadata: { name: 'node-1', labels: { zone: 'a' } },
      spec: { taints: [gpu] },
      status: { allocatable: { cpu: '4' }, images: [{ names: ['nginx:1'], sizeBytes: 1 }] },
    });
  });

  it.each<[string, Wire<V1Node>, object]>([
    ['a cordoned node', { spec: { unschedulable: true }, status: READY }, { unschedulable: true, taints: [] }],
    [
      'a node that is being deleted takes no pod',
      { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, status: READY },
      { unschedulable: true, taints: [] },
    ],
    ['a node that is not Ready has its taint before it is written', {}, { taints: [NOT_READY] }],
    ['a node that has it already has it once', { spec: { taints: [NOT_READY] } }, { taints: [NOT_READY] }],
  ])('%s', (_name, node, spec) => {
    expect(toSchedulerNode(node)['spec']).toEqual(spec);
  });
});
