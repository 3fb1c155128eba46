import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { toPodRequests } from '../../../src/kube/facts/pod-requests.ts';
import type { Wire } from '../../../src/kube/transport/wire.ts';

const container = (cpu: string, restartPolicy?: 'Always'): Wire<V1Container> => ({
  name: `c-${cpu}`,
  resources: { requests: { cpu } },
  ...(restartPolicy === undefined ? {} : { restartPolicy }),
});

describe('toPodRequests', () => {
  it.each<[string, Wire<V1PodSpec>, Readonly<Record<string, number>>]>([
    ['adds containers', { containers: [container('1'), container('500m')] }, { cpu: 1500 }],
    ['is empty without requests', { containers: [{ name: 'c' }] }, {}],
    [
      'uses an init container that needs more than all containers',
      { containers: [container('1')], initContainers: [container('3'), container('2')] },
      { cpu: 3000 },
    ],
    [
      'adds a sidecar to the containers',
      { containers: [container('1')], initContainers: [container('2', 'Always')] },
      { cpu: 3000 },
    ],
    [
      'adds a sidecar to the init containers after it',
      { containers: [container('1')], initContainers: [container('1', 'Always'), container('3')] },
      { cpu: 4000 },
    ],
    [
      'does not add a sidecar to the init containers before it',
      { containers: [container('1')], initContainers: [container('3'), container('1', 'Always')] },
      { cpu: 3000 },
    ],
    [
      'adds the overhead',
      { containers: [container('1')], overhead: { cpu: '250m', memory: '1Ki' } },
      { cpu: 1250, memory: 1024 },
    ],
    [
      'replaces the sum with pod-level requests',
      { containers: [container('1')], resources: { requests: { cpu: '4', memory: '1Ki' } }, overhead: { cpu: '1' } },
      { cpu: 5000, memory: 1024 },
    ],
    [
      'keeps the sum of resources that cannot be requested at pod level',
      {
        containers: [{ name: 'c', resources: { requests: { 'example.com/gpu': '2' } } }],
        resources: { requests: { 'example.com/gpu': '9' } },
      },
      { 'example.com/gpu': 2 },
    ],
  ])('%s', (_name, spec, expected) => {
    expect(toPodRequests(spec)).toEqual(expected);
  });
});
