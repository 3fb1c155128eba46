import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { ServiceFacts } from '../../../src/domain/cluster/service.ts';
import { checkTemporal } from '../../../src/domain/preflight/check-temporal.ts';
import type { PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import type { TemporalServer } from '../../../src/domain/run/temporal-server.ts';
import { pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';
import { service } from '../../builders/service.ts';

const toLabels = (component: string): Record<string, string> => ({
  'app.kubernetes.io/name': 'temporal',
  'app.kubernetes.io/instance': 'main',
  'app.kubernetes.io/component': component,
});
const temporalPod = (component: string, overrides: Partial<PodFacts> = {}): PodFacts =>
  pod({ namespace: 'temporal', name: `${component}-1`, labels: toLabels(component), ips: ['10.1.0.7'], ...overrides });
const frontend = temporalPod('frontend');
const server: TemporalServer = {
  address: 'temporal-frontend.temporal.svc.cluster.local:7233',
  addresses: ['10.96.0.7'],
  isInCluster: true,
};
const services: readonly ServiceFacts[] = [
  service({
    namespace: 'temporal',
    name: 'temporal-frontend',
    selector: toLabels('frontend'),
    externalAddresses: ['192.0.2.1', 'lb.example'],
  }),
];

const check = (facts: Partial<PreflightFacts> = {}): ReturnType<typeof checkTemporal> =>
  checkTemporal(preflightFacts({ pods: [frontend], services, temporal: server, ...facts }));

describe('checkTemporal', () => {
  it('names the pod, the server and what happens', () => {
    expect(check()).toEqual([
      {
        code: 'OwnTemporalOnNode',
        subject: 'temporal/frontend-1',
        nodeName: 'node-1',
        message:
          'pod temporal/frontend-1 is part of the Temporal server that this worker uses (temporal-frontend.temporal.svc.cluster.local:7233), and no other of its kind is ready on another node: once it is evicted, the run stops until its replacement is ready, and can neither continue nor be undone before: move it to another node first',
      },
    ]);
  });

  it.each<[string, Partial<TemporalServer>, boolean]>([
    ['the name of a Service', { addresses: [] }, true],
    ['its short name', { address: 'temporal-frontend.temporal:7233', addresses: [] }, true],
    ['the cluster IP of a Service', { address: 'temporal:7233' }, true],
    ['the address of a pod', { address: 'temporal:7233', addresses: ['10.1.0.7'] }, true],
    [
      'the address of a load balancer, from outside',
      { address: 't.example:7233', addresses: ['192.0.2.1'], isInCluster: false },
      true,
    ],
    [
      'the name of a load balancer, from outside',
      { address: 'LB.example:443', addresses: [], isInCluster: false },
      true,
    ],
    ['the same name, from another cluster', { isInCluster: false }, false],
    ['this machine', { address: 'localhost:7233', addresses: ['127.0.0.1', '::1'] }, false],
    ['another server', { address: 'temporal.example:7233', addresses: ['198.51.100.1'] }, false],
  ])('finds the pods behind %s', (_name, overrides, isFound) => {
    expect(check({ temporal: { ...server, ...overrides } })).toHaveLength(isFound ? 1 : 0);
  });

  it.each<[string, readonly PodFacts[], readonly (string | undefined)[]]>([
    [
      'another is ready elsewhere',
      [frontend, temporalPod('frontend', { name: 'f2', nodeName: 'node-2' })],
      ['warning'],
    ],
    [
      'another is elsewhere, but not Ready',
      [frontend, temporalPod('frontend', { name: 'f2', nodeName: 'node-2', ready: false })],
      [undefined],
    ],
    [
      'another component of the release is here',
      [temporalPod('frontend', { nodeName: 'node-2' }), temporalPod('history', { ips: [] })],
      [undefined],
    ],
    ['it runs elsewhere', [temporalPod('frontend', { nodeName: 'node-2' })], []],
    ['it has finished', [temporalPod('frontend', { phase: 'Succeeded' })], []],
    [
      'a pod of another application is here',
      [temporalPod('frontend', { nodeName: 'node-2' }), pod({ namespace: 'temporal', name: 'db' })],
      [],
    ],
  ])('when %s', (_name, pods, severities) => {
    expect(check({ pods }).map(({ asSeverity }) => asSeverity)).toEqual(severities);
  });

  it('finds none by the address of a node, which other pods share', () => {
    const shared = pod({ name: 'other', hostNetwork: true, ips: ['10.1.0.7'] });
    expect(check({ pods: [shared], temporal: { ...server, addresses: ['10.1.0.7'] } })).toEqual([]);
  });

  it('finds pods by their address where Services may not be read', () => {
    const facts = { services: undefined as never, temporal: { ...server, addresses: ['10.1.0.7'] } };
    expect(check(facts)).toHaveLength(1);
  });
});
