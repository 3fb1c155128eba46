import { describe, expect, it } from '@jest/globals';
import { toServiceFacts } from '../../../src/kube/facts/to-service-facts.ts';

const metadata = { namespace: 'shop', name: 'web' };
const facts = { namespace: 'shop', name: 'web', selector: {}, clusterIPs: [], externalAddresses: [] };

describe('toServiceFacts', () => {
  it.each<[string, object, object]>([
    [
      'the selector and the cluster IPs',
      { spec: { selector: { app: 'web' }, clusterIPs: ['10.0.0.7', 'fd00::7'] } },
      { selector: { app: 'web' }, clusterIPs: ['10.0.0.7', 'fd00::7'] },
    ],
    ['no address of a headless Service', { spec: { clusterIPs: ['None'] } }, {}],
    [
      'external IPs and what the load balancer has',
      {
        spec: { externalIPs: ['192.0.2.1'] },
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.2' }, { hostname: 'lb.example' }] } },
      },
      { externalAddresses: ['192.0.2.1', '192.0.2.2', 'lb.example'] },
    ],
    ['no selector of an ExternalName Service', { spec: { type: 'ExternalName', selector: { app: 'web' } } }, {}],
    ['that traffic stays on a node', { spec: { externalTrafficPolicy: 'Local' } }, { isLocalOnly: true }],
    ['that traffic goes to every node', { spec: { externalTrafficPolicy: 'Cluster' } }, {}],
    ['nothing of a Service without anything', {}, {}],
  ])('reads %s', (_name, service, expected) => {
    expect(toServiceFacts({ metadata, ...service })).toEqual({ ...facts, ...expected });
  });
});
