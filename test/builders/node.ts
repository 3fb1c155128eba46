import type { NodeFacts } from '../../src/domain/cluster/facts.ts';

/** A ready, empty worker node with 4 cores, 8 GiB and room for 110 pods; its UID follows its name. */
export const node = (overrides: Partial<NodeFacts> = {}): NodeFacts => {
  const name = overrides.name ?? 'node-1';
  return {
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    unschedulable: false,
    ready: true,
    deleting: false,
    labels: { 'kubernetes.io/hostname': name },
    annotations: {},
    taints: [],
    finalizers: [],
    ownerReferences: [],
    allocatable: { cpu: 4000, memory: 8 * 1024 * 1024 * 1024, pods: 110 },
    machineID: '',
    systemUUID: '',
    bootID: '',
    addresses: [],
    ...overrides,
  };
};
