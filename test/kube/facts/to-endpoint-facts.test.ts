import { describe, expect, it } from '@jest/globals';
import { toAutoscalerFacts } from '../../../src/kube/facts/to-autoscaler-facts.ts';
import { toEndpointFacts } from '../../../src/kube/facts/to-endpoint-facts.ts';

const toPod = (uid: string) => ({ targetRef: { kind: 'Pod', uid }, addresses: ['10.0.0.1'] });
const slice = { addressType: 'IPv4', metadata: { labels: { 'kubernetes.io/service-name': 'web' } } } as const;

describe('toEndpointFacts', () => {
  it('reads pods and whether they are ready', () => {
    const endpoints = [
      { ...toPod('a'), conditions: { ready: true } },
      { ...toPod('b'), conditions: { ready: false } },
      toPod('c'),
    ];
    expect(toEndpointFacts({ ...slice, endpoints })).toEqual([
      { serviceKey: 'web IPv4', podUid: 'a', ready: true },
      { serviceKey: 'web IPv4', podUid: 'b', ready: false },
      { serviceKey: 'web IPv4', podUid: 'c', ready: true },
    ]);
  });

  it('reads none of a slice without a Service, without endpoints, or of other targets', () => {
    expect(toEndpointFacts({ addressType: 'IPv4', metadata: {}, endpoints: [toPod('a')] })).toEqual([]);
    expect(toEndpointFacts({ ...slice, endpoints: [] })).toEqual([]);
    expect(toEndpointFacts({ ...slice, endpoints: [{ addresses: ['10.0.0.1'] }] })).toEqual([]);
  });
});

describe('toAutoscalerFacts', () => {
  it('reads what it scales', () => {
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    expect(
      toAutoscalerFacts({ metadata: { namespace: 'shop', name: 'hpa' }, spec: { scaleTargetRef, maxReplicas: 3 } }),
    ).toEqual({
      ...{ namespace: 'shop', name: 'hpa', targetKind: 'Deployment', targetName: 'web' },
    });
  });
});
