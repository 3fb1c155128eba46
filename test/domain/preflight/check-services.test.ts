import { describe, expect, it } from '@jest/globals';
import { assess } from '../../../src/domain/preflight/assessment.ts';
import { checkServices } from '../../../src/domain/preflight/check-services.ts';
import type { PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { budget } from '../../builders/budget.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';
import { service } from '../../builders/service.ts';
import { countlessWorkload, replicaSet, selector, workload, workloadIndex } from '../../builders/workload.ts';

const bare = barePod({ labels: { app: 'web' } });
const single = workloadIndex(replicaSet(), workload({ replicas: 1 }));
const threeHere = ['a', 'b', 'c'].map((name) => pod({ name: `web-1-${name}` }));

const check = (
  facts: Partial<PreflightFacts>,
  request: Partial<DecommissionRequest> = {},
): ReturnType<typeof checkServices> => {
  const all = preflightFacts({ services: [service()], ...facts }, request);
  return checkServices(all, assess(all));
};

describe('checkServices', () => {
  it('names a Service whose ready pods all leave, its pods and what to do', () => {
    expect(check({ pods: [bare] })).toEqual([
      {
        code: 'LastEndpointOfService',
        subject: 'default/web',
        message:
          'Service default/web has ready pods only on the nodes to remove (default/bare), and no budget keeps one of them: its clients get no answer until another pod is ready: start one on another node first',
      },
    ]);
  });

  it.each<[string, Partial<PreflightFacts>, Partial<DecommissionRequest>, boolean]>([
    ['the only replica', { pods: [pod()], workloads: single }, {}, true],
    [
      'the only replica, of which a second one is started first',
      { pods: [pod()], workloads: single },
      { singleReplica: 'surge' },
      false,
    ],
    [
      'pods on two nodes that are both removed',
      { pods: [bare, barePod({ name: 'b2', labels: bare.labels, nodeName: 'node-2' })] },
      { nodeNames: ['node-1', 'node-2'] },
      true,
    ],
    ['pods of which one stays', { pods: [bare, pod({ name: 'web-1-b', nodeName: 'node-2' })] }, {}, false],
    [
      'pods of which one stays, but is not Ready',
      { pods: [bare, pod({ name: 'web-1-b', nodeName: 'node-2', ready: false })] },
      {},
      true,
    ],
    [
      'pods of which one stays, but terminates',
      { pods: [bare, pod({ name: 'web-1-b', nodeName: 'node-2', deletionTimestamp: '2026-01-01T00:00:00Z' })] },
      {},
      true,
    ],
    ['pods of which the run keeps two by a budget that it creates', { pods: threeHere }, {}, false],
    ['pods of which a budget keeps two', { pods: threeHere, budgets: [budget()] }, {}, false],
    [
      'pods all of which a budget lets leave at once',
      { pods: threeHere, budgets: [budget({ desiredHealthy: 0 })] },
      {},
      true,
    ],
    ['pods of which none is Ready', { pods: [barePod({ labels: bare.labels, ready: false })] }, {}, false],
    ['the pods of a Service without a selector', { pods: [bare], services: [service({ selector: {} })] }, {}, false],
    ['other pods', { pods: [bare], services: [service({ selector: { app: 'other' } })] }, {}, false],
    ['pods of another namespace', { pods: [bare], services: [service({ namespace: 'shop' })] }, {}, false],
    ['pods of a Service that may not be read', { pods: [bare], services: undefined as never }, {}, false],
  ])('with %s', (_name, facts, request, isFound) => {
    expect(check(facts, request)).toHaveLength(isFound ? 1 : 0);
  });

  it('names a Service whose traffic from outside is dropped, although a budget keeps a pod', () => {
    const found = check({ pods: threeHere, services: [service({ isLocalOnly: true })] });
    expect(found).toEqual([
      {
        code: 'LocalTrafficLost',
        subject: 'default/web',
        message:
          'Service default/web has externalTrafficPolicy: Local, and ready pods only on node node-1 (default/web-1-a, default/web-1-b, default/web-1-c): external load balancers stop using that node before its first eviction, and other nodes drop this traffic until a pod is ready there: start one on another node first',
      },
    ]);
  });

  it.each<[string, Partial<PreflightFacts>, Partial<DecommissionRequest>, readonly string[]]>([
    [
      'of which a second replica is started first',
      { pods: [pod()], workloads: single },
      { singleReplica: 'surge' },
      ['LocalTrafficLost'],
    ],
    ['that has no pod for some time', { pods: [bare] }, {}, ['LastEndpointOfService']],
    ['of which a pod stays', { pods: [...threeHere, pod({ name: 'web-1-d', nodeName: 'node-2' })] }, {}, []],
    [
      'whose pods are on two nodes that are both removed',
      { pods: [...threeHere, pod({ name: 'web-1-d', nodeName: 'node-2' })] },
      { nodeNames: ['node-1', 'node-2'] },
      [],
    ],
    ['on a node that stays', { pods: threeHere }, { deleteNode: false, hostCleanup: 'skip' }, []],
    [
      'on a node that stays without its kubelet',
      { pods: threeHere },
      { deleteNode: false, hostCleanup: 'required' },
      ['LocalTrafficLost'],
    ],
  ])('of a Service with externalTrafficPolicy: Local %s', (_name, facts, request, codes) => {
    const found = check({ services: [service({ isLocalOnly: true })], ...facts }, request);
    expect(found.map(({ code }) => code)).toEqual(codes);
  });

  it.each([
    ['go with the Node', true, 1],
    ['stay where only the drain is wanted', false, 0],
  ])('counts DaemonSet pods, which %s', (_name, deleteNode, count) => {
    const daemon = pod({ name: 'ingress', labels: { app: 'in' }, controller: owner('apps/v1', 'DaemonSet', 'in') });
    const facts = {
      pods: [daemon],
      workloads: workloadIndex(countlessWorkload('apps/v1', 'DaemonSet', 'in')),
      services: [service({ selector: { app: 'in' } })],
      budgets: [budget({ selector: selector({ app: 'in' }) })],
    };
    expect(check(facts, { deleteNode })).toHaveLength(count);
  });
});
