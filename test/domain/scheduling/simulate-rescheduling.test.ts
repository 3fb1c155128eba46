import { describe, expect, it } from '@jest/globals';
import type { NodeFacts, PodFacts, VolumeFacts } from '../../../src/domain/cluster/facts.ts';
import type { Placement } from '../../../src/domain/plan/decommission-plan.ts';
import { simulateRescheduling, type ReschedulingFacts } from '../../../src/domain/scheduling/simulate-rescheduling.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';

const second = node({ name: 'node-2' });
const full = pod({ name: 'full', nodeName: 'node-2', requests: { cpu: 3950 } });
const hostPorts = [{ protocol: 'TCP', hostIP: '0.0.0.0', hostPort: 80 }] as const;
const localTo = (name: string): VolumeFacts => ({
  name: 'pv-1',
  nodeAffinity: [
    { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }], matchFields: [] },
  ],
});

const simulate = (
  moved: readonly PodFacts[],
  facts: Partial<ReschedulingFacts> = {},
): Readonly<Record<string, Placement>> =>
  simulateRescheduling({
    nodes: [node(), second],
    removedNodeNames: ['node-1'],
    pods: moved,
    podsToMove: moved,
    claims: [{ namespace: 'default', name: 'data', volumeName: 'pv-1' }],
    volumes: [localTo('node-2')],
    ...facts,
  });

/** Where the pod is placed. */
const placementOf = (moved: PodFacts, facts: Partial<ReschedulingFacts> = {}): Placement | undefined =>
  simulate([moved], facts)[moved.uid];

describe('simulateRescheduling', () => {
  it('finds a node with room', () => {
    expect(placementOf(pod())).toEqual({ verdict: 'fits', nodeName: 'node-2', message: 'node-2 has room' });
  });

  const unschedulable = '0/2 nodes are available: 2 node(s) were unschedulable.';
  const because = (reason: string): string => `0/2 nodes are available: ${reason}.`;
  const oneOf = (reason: string): string => because([`1 ${reason}`, '1 node(s) were unschedulable'].sort().join(', '));

  it.each<[string, Partial<PodFacts>, Partial<NodeFacts>, string]>([
    ['a cordoned node', {}, { unschedulable: true }, unschedulable],
    ['a node that is being deleted', {}, { deleting: true }, unschedulable],
    [
      'a taint',
      {},
      { taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }] },
      oneOf('node(s) had untolerated taint(s)'),
    ],
    [
      'a NoExecute taint',
      {},
      { taints: [{ key: 'gpu', value: '', effect: 'NoExecute' }] },
      oneOf('node(s) had untolerated taint(s)'),
    ],
    ['a node that is not Ready', {}, { ready: false }, oneOf('node(s) had untolerated taint(s)')],
    [
      'a node selector',
      { nodeSelector: { zone: 'a' } },
      {},
      because("1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable"),
    ],
    [
      'a required affinity',
      {
        requiredNodeAffinity: [
          { matchExpressions: [{ key: 'zone', operator: 'Exists', values: [] }], matchFields: [] },
        ],
      },
      {},
      oneOf("node(s) didn't match Pod's node affinity/selector"),
    ],
    ['too little cpu', { requests: { cpu: 4001 } }, {}, oneOf('Insufficient cpu')],
    [
      'too little of two resources',
      { requests: { cpu: 4001, memory: 2 ** 34 } },
      {},
      because('1 Insufficient cpu, 1 Insufficient memory, 1 node(s) were unschedulable'),
    ],
    ['an unknown resource', { requests: { 'example.com/gpu': 1 } }, {}, oneOf('Insufficient example.com/gpu')],
    ['the pod count', {}, { allocatable: { cpu: 4000, memory: 2 ** 34, pods: 0 } }, oneOf('Too many pods')],
  ])('refuses %s', (_name, podOverrides, nodeOverrides, message) => {
    const nodes = [node(), node({ name: 'node-2', ...nodeOverrides })];

    expect(placementOf(pod(podOverrides), { nodes })).toEqual({ verdict: 'doesNotFit', message });
  });

  it.each<[string, Partial<PodFacts>, Partial<NodeFacts>]>([
    [
      'a tolerated taint',
      { tolerations: [{ key: 'gpu', operator: 'Exists', value: '', effect: '' }] },
      { taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }] },
    ],
    ['a PreferNoSchedule taint', {}, { taints: [{ key: 'gpu', value: '', effect: 'PreferNoSchedule' }] }],
    [
      'a cordon that it tolerates',
      {
        tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', value: '', effect: 'NoSchedule' }],
      },
      { unschedulable: true },
    ],
    ['a node selector that matches', { nodeSelector: { 'kubernetes.io/hostname': 'node-2' } }, {}],
    ['exactly the rest', { requests: { cpu: 4000 } }, {}],
    ['a bound volume that is available there', { persistentVolumeClaims: ['data'] }, {}],
  ])('accepts %s', (_name, podOverrides, nodeOverrides) => {
    const nodes = [node(), node({ name: 'node-2', ...nodeOverrides })];

    expect(placementOf(pod(podOverrides), { nodes })?.verdict).toBe('fits');
  });

  it('counts the pods on a node, except finished ones', () => {
    const moved = pod();

    expect(placementOf(moved, { pods: [moved, full] })?.message).toBe(oneOf('Insufficient cpu'));
    expect(placementOf(moved, { pods: [moved, { ...full, phase: 'Succeeded' }] })?.verdict).toBe('fits');
  });

  it('reduces the room for later pods by placed pods', () => {
    const [first, next] = [pod({ name: 'a', requests: { cpu: 3000 } }), pod({ name: 'b', requests: { cpu: 3000 } })];

    expect(Object.values(simulate([first, next])).map(({ verdict }) => verdict)).toEqual(['fits', 'doesNotFit']);
  });

  it('places the higher priority first', () => {
    const [low, high] = [
      pod({ name: 'a', requests: { cpu: 3000 } }),
      pod({ name: 'b', requests: { cpu: 3000 }, priority: 9 }),
    ];

    expect(simulate([low, high])[high.uid]?.verdict).toBe('fits');
  });

  it('includes pods that wait for a node', () => {
    const moved = pod({ requests: { cpu: 3000 } });
    const waiting = pod({ name: 'waiting', nodeName: '', phase: 'Pending', requests: { cpu: 3000 }, priority: 9 });

    expect(placementOf(moved, { pods: [moved, waiting] })?.verdict).toBe('doesNotFit');
    expect(placementOf(moved, { pods: [moved, { ...waiting, schedulingGated: true }] })?.verdict).toBe('fits');
  });

  it('tries a second order before it reports that a pod does not fit', () => {
    const anywhere = pod({ name: 'anywhere', requests: { cpu: 4000 } });
    const choosy = pod({
      name: 'choosy',
      requests: { cpu: 2000 },
      nodeSelector: { 'kubernetes.io/hostname': 'node-2' },
    });
    const nodes = [node(), second, node({ name: 'node-3' })];

    expect(Object.values(simulate([anywhere, choosy], { nodes })).map(({ nodeName }) => nodeName)).toEqual([
      'node-3',
      'node-2',
    ]);
  });

  it.each<[string, string, Placement['verdict']]>([
    ['the same port on every address conflicts', '0.0.0.0', 'doesNotFit'],
    ['the same port on one address conflicts with every address', '10.0.0.1', 'doesNotFit'],
  ])('%s', (_name, hostIP, expected) => {
    const moved = pod({ hostPorts: [{ ...hostPorts[0], hostIP }] });
    const used = pod({ name: 'used', nodeName: 'node-2', hostPorts });

    expect(placementOf(moved, { pods: [moved, used] })?.verdict).toBe(expected);
  });

  it('distinguishes protocols and addresses of a port', () => {
    const used = pod({
      name: 'used',
      nodeName: 'node-2',
      hostPorts: [{ protocol: 'TCP', hostIP: '10.0.0.1', hostPort: 80 }],
    });
    const moved = pod({
      hostPorts: [
        { protocol: 'UDP', hostIP: '10.0.0.1', hostPort: 80 },
        { protocol: 'TCP', hostIP: '10.0.0.2', hostPort: 80 },
      ],
    });

    expect(placementOf(moved, { pods: [moved, used] })?.verdict).toBe('fits');
  });

  it('keeps a pod on the node of its local volume', () => {
    expect(placementOf(pod({ persistentVolumeClaims: ['data'] }), { volumes: [localTo('node-1')] })?.message).toBe(
      oneOf("node(s) didn't match PersistentVolume's node affinity"),
    );
  });

  it('keeps no pod on the node of a volume that is deleted with it', () => {
    const ephemeral = pod({ persistentVolumeClaims: ['data'], ephemeralClaims: ['data'] });
    expect(placementOf(ephemeral, { volumes: [localTo('node-1')] })).toEqual({
      verdict: 'unknown',
      nodeName: 'node-2',
      message: 'node-2 has room, but where the volume of its claim data will be created is not evaluated',
    });
  });

  it.each<[string, Partial<PodFacts>, string]>([
    ['another scheduler', { schedulerName: 'volcano' }, 'node-2 has room, but the pod uses scheduler volcano'],
    ['a scheduling gate', { schedulingGated: true }, 'node-2 has room, but the pod has a scheduling gate'],
    [
      'pod affinity',
      { hasUnjudgedConstraints: true },
      'node-2 has room, but the pod affinity or topology spread of the pod is not evaluated',
    ],
    [
      'an unknown claim',
      { persistentVolumeClaims: ['other'] },
      'node-2 has room, but claim other is not bound to a known volume',
    ],
  ])('reports the placement as unknown for %s', (_name, overrides, message) => {
    expect(placementOf(pod(overrides))).toEqual({ verdict: 'unknown', nodeName: 'node-2', message });
  });

  it('reports that a pod with such a constraint does not fit when there is no room', () => {
    expect(placementOf(pod({ hasUnjudgedConstraints: true, requests: { cpu: 9000 } }))?.verdict).toBe('doesNotFit');
  });
});
