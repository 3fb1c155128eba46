import { describe, expect, it } from '@jest/globals';
import { toNodeFacts } from '../../../src/kube/facts/to-node-facts.ts';

describe('toNodeFacts', () => {
  it('fills in the fields that a simulated node lacks', () => {
    expect(toNodeFacts({ metadata: { name: 'node-1', uid: 'u', resourceVersion: '1' } })).toEqual({
      name: 'node-1',
      uid: 'u',
      resourceVersion: '1',
      unschedulable: false,
      ready: false,
      deleting: false,
      labels: {},
      annotations: {},
      taints: [],
      finalizers: [],
      ownerReferences: [],
      allocatable: {},
      machineID: '',
      systemUUID: '',
      bootID: '',
      addresses: [],
    });
  });

  it('reads metadata and spec', () => {
    const facts = toNodeFacts({
      metadata: {
        labels: { zone: 'a' },
        annotations: { note: 'b' },
        finalizers: ['karpenter.sh/termination'],
        deletionTimestamp: '2026-01-01T00:00:00Z',
        ownerReferences: [{ apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim', name: 'c', uid: 'u' }],
      },
      spec: {
        providerID: 'hcloud://42',
        unschedulable: true,
        taints: [{ key: 'k', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z' }],
      },
    });
    expect(facts).toMatchObject({
      labels: { zone: 'a' },
      annotations: { note: 'b' },
      finalizers: ['karpenter.sh/termination'],
      deleting: true,
      ownerReferences: [{ kind: 'NodeClaim', controller: false }],
      providerID: 'hcloud://42',
      unschedulable: true,
      taints: [{ key: 'k', value: '', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z' }],
    });
  });

  it.each([
    ['True', true],
    ['False', false],
    ['Unknown', false],
  ])('reads a Ready condition of %s as ready: %s', (status, ready) => {
    const conditions = [
      { type: 'MemoryPressure', status: 'True' },
      { type: 'Ready', status },
    ];
    expect(toNodeFacts({ status: { conditions } }).ready).toBe(ready);
  });

  it.each([
    ['True', { ready: true }],
    ['False', { ready: false, notReadySince: '2026-01-01T00:00:00Z' }],
    ['Unknown', { ready: false, notReadySince: '2026-01-01T00:00:00Z', isSilent: true }],
  ])('reads the condition Ready: %s', (status, readiness) => {
    const conditions = [{ type: 'Ready', status, lastTransitionTime: '2026-01-01T00:00:00Z' }];
    const { ready, notReadySince, isSilent } = toNodeFacts({ status: { conditions } });
    expect({ ready, notReadySince, isSilent }).toEqual(readiness);
  });

  it('reads allocatable amounts and the ids of the host', () => {
    const facts = toNodeFacts({
      status: {
        allocatable: { cpu: '3920m', memory: '1Gi', pods: '110' },
        addresses: [{ type: 'InternalIP', address: '10.0.0.7' }],
        nodeInfo: { machineID: 'm', systemUUID: 's', bootID: 'b' } as never,
      },
    });
    expect(facts).toMatchObject({
      allocatable: { cpu: 3920, memory: 2 ** 30, pods: 110 },
      addresses: ['InternalIP=10.0.0.7'],
      machineID: 'm',
      systemUUID: 's',
      bootID: 'b',
    });
  });
});
