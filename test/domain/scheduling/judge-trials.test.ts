import { describe, expect, it } from '@jest/globals';
import type { NodeFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import { judgeTrials } from '../../../src/domain/scheduling/judge-trials.ts';
import type {
  NoPlace,
  PlacementTrial,
  TrialOutcome,
  TrialPlace,
} from '../../../src/domain/scheduling/placement-trial.ts';
import type { JudgedPlacement } from '../../../src/domain/scheduling/judged-placement.ts';
import type { ReschedulingFacts } from '../../../src/domain/scheduling/rescheduling.ts';
import { node } from '../../builders/node.ts';
import { noPlace } from '../../builders/placements.ts';
import { owner, pod } from '../../builders/pod.ts';
import { judge, rescheduling } from '../../builders/rescheduling.ts';
import { replicaSet, workload, workloadIndex } from '../../builders/workload.ts';

const second = node({ name: 'node-2' });

const judgementOf = (moved: PodFacts, facts: Partial<ReschedulingFacts> = {}): JudgedPlacement | undefined =>
  judge(rescheduling([moved], facts)).byUid[moved.uid];

const verdictsOf = (moved: readonly PodFacts[], facts: Partial<ReschedulingFacts> = {}): readonly string[] => {
  const { byUid } = judge(rescheduling(moved, facts));
  return moved.map(({ uid }) => byUid[uid]?.verdict ?? 'none');
};

describe('judgeTrials, with the answers of a scheduler', () => {
  it('finds a node with room', () => {
    expect(judgementOf(pod())).toEqual({ verdict: 'fits', nodeName: 'node-2', message: 'node-2 has room' });
  });

  const because = (reason: string): string => `0/2 nodes are available: ${reason}.`;
  const oneOf = (reason: string): string => because([`1 ${reason}`, '1 node(s) were unschedulable'].sort().join(', '));

  it.each<[string, Partial<PodFacts>, Partial<NodeFacts>, string]>([
    ['a cordoned node', {}, { unschedulable: true }, because('2 node(s) were unschedulable')],
    [
      'a taint',
      {},
      { taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }] },
      oneOf('node(s) had untolerated taint(s)'),
    ],
    [
      'a node selector',
      { nodeSelector: { zone: 'a' } },
      {},
      oneOf("node(s) didn't match Pod's node affinity/selector"),
    ],
    ['too little cpu', { requests: { cpu: 4001 } }, {}, oneOf('Insufficient cpu')],
  ])('reports in the words of the scheduler that a pod does not fit because of %s', (_name, moved, other, message) => {
    const nodes = [node(), node({ name: 'node-2', ...other })];

    expect(judgementOf(pod(moved), { nodes })).toMatchObject({ verdict: 'doesNotFit', message });
  });

  it.each<[string, Partial<PodFacts>, Partial<NodeFacts>]>([
    ['a PreferNoSchedule taint', {}, { taints: [{ key: 'gpu', value: '', effect: 'PreferNoSchedule' }] }],
    ['a node selector that matches', { nodeSelector: { 'kubernetes.io/hostname': 'node-2' } }, {}],
    ['exactly the rest', { requests: { cpu: 4000 } }, {}],
  ])('accepts %s', (_name, moved, other) => {
    expect(judgementOf(pod(moved), { nodes: [node(), node({ name: 'node-2', ...other })] })?.verdict).toBe('fits');
  });

  it('counts the pods on a node, except finished ones', () => {
    const moved = pod();
    const full = pod({ name: 'full', nodeName: 'node-2', requests: { cpu: 3950 } });

    expect(judgementOf(moved, { pods: [moved, full] })?.message).toBe(oneOf('Insufficient cpu'));
    expect(judgementOf(moved, { pods: [moved, { ...full, phase: 'Succeeded' }] })?.verdict).toBe('fits');
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['different workloads', ['a', 'b'], ['likely', 'likely']],
    ['one workload', ['a', 'a'], ['fits', 'doesNotFit']],
  ])('finds pods of %s that fit one by one, but not together', (_name, owners, verdicts) => {
    const moved = owners.map((name, index) =>
      pod({ name: `pod-${index}`, requests: { cpu: 3000 }, controller: owner('apps/v1', 'ReplicaSet', name) }),
    );
    const { byUid, unplacedAtBest } = judge(rescheduling(moved));

    expect(Object.values(byUid).map(({ verdict }) => verdict)).toEqual(verdicts);
    expect(unplacedAtBest).toHaveLength(1);
  });

  it('leaves the pod of lower priority without a place', () => {
    const low = pod({ name: 'a', requests: { cpu: 3000 } });
    const high = pod({ name: 'b', requests: { cpu: 3000 }, priority: 9 });

    expect(judge(rescheduling([low, high])).unplacedAtBest).toHaveLength(1);
  });

  it('includes pods that wait for a node, except those with a scheduling gate', () => {
    const moved = pod({ requests: { cpu: 3000 } });
    const waiting = pod({ name: 'waiting', nodeName: '', phase: 'Pending', requests: { cpu: 3000 }, priority: 9 });

    expect(judgementOf(moved, { pods: [moved, waiting] })?.verdict).toBe('doesNotFit');
    expect(judgementOf(moved, { pods: [moved, { ...waiting, schedulingGated: true }] })?.verdict).toBe('fits');
  });

  it('tries further orders before it reports that pods do not fit together', () => {
    const anywhere = pod({ name: 'anywhere', requests: { cpu: 4000 } });
    const choosy = pod({
      name: 'choosy',
      requests: { cpu: 2000 },
      nodeSelector: { 'kubernetes.io/hostname': 'node-2' },
    });
    const nodes = [node(), second, node({ name: 'node-3' })];

    expect(verdictsOf([anywhere, choosy], { nodes })).toEqual(['fits', 'likely']);
    expect(judge(rescheduling([anywhere, choosy], { nodes })).unplacedAtBest).toEqual([]);
  });

  it('finds no place for any pod when all nodes are removed', () => {
    expect(judgementOf(pod(), { removedNodeNames: ['node-1', 'node-2'] })).toEqual({
      verdict: 'doesNotFit',
      message: because('2 node(s) were unschedulable'),
      rejection: expect.objectContaining({ plugins: ['NodeUnschedulable'] }) as unknown,
    });
  });

  it.each<[string, Partial<PodFacts>, string]>([
    ['another scheduler', { schedulerName: 'volcano' }, 'node-2 has room, but the pod uses scheduler volcano'],
    ['a scheduling gate', { schedulingGated: true }, 'node-2 has room, but the pod has a scheduling gate'],
  ])('reports the placement as unknown for %s, unless there is no room', (_name, overrides, message) => {
    expect(judgementOf(pod(overrides))).toEqual({ verdict: 'unknown', nodeName: 'node-2', message });
    expect(judgementOf(pod({ ...overrides, requests: { cpu: 9000 } }))?.verdict).toBe('doesNotFit');
  });

  it.each([
    ['node-1', 'doesNotFit'],
    ['node-3', 'unknown'],
  ])('reports a pod that its template sends to %s, and does not ask the scheduler', (templateNodeName, verdict) => {
    const workloads = workloadIndex(replicaSet(), workload({ templateNodeName }));

    expect(judgementOf(pod(), { workloads })).toEqual({
      verdict,
      nodeName: templateNodeName,
      message: `the template of Deployment/web sets nodeName to ${templateNodeName}: the pod starts there without the scheduler`,
      isBypassing: true,
    });
  });
});

describe('judgeTrials', () => {
  const here: TrialPlace = { nodeName: 'node-2' };
  const nowhere = noPlace();
  const inZones = noPlace({
    message: "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity.",
    plugins: ['VolumeBinding'],
  });
  const preempting = noPlace({ isPlacedByPreemption: true });
  type Tried = readonly [PlacementTrial['removedNodes'], TrialPlace, PlacementTrial['leave']?];

  const judgeOne = (places: readonly Tried[], facts: Partial<ReschedulingFacts> = {}): JudgedPlacement | undefined => {
    const moved = pod();
    const outcomes = places.map(([removedNodes, place, leave = 'together']): TrialOutcome => ({
      trial: { removedNodeNames: ['node-1'], removedNodes, pods: [], leave, choice: 'scheduler' },
      result: { places: new Map([[moved.uid, place]]) },
    }));
    return judgeTrials(rescheduling([moved], facts), outcomes).byUid[moved.uid];
  };

  const because = '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable';
  it.each<[string, readonly Tried[], JudgedPlacement]>([
    [
      'in every trial fits',
      [
        ['cordoned', here],
        ['deleted', here],
      ],
      { verdict: 'fits', nodeName: 'node-2', message: 'node-2 has room' },
    ],
    [
      'in some trials likely fits',
      [
        ['cordoned', here],
        ['cordoned', nowhere],
        ['deleted', here],
      ],
      {
        verdict: 'likely',
        nodeName: 'node-2',
        message: `has a place in 2 of 3 trials, else none: ${because}`,
        rejection: nowhere,
      },
    ],
    [
      'in none does not fit, for the reason while the nodes are cordoned',
      [
        ['deleted', noPlace({ message: 'later' })],
        ['cordoned', nowhere],
      ],
      { verdict: 'doesNotFit', message: nowhere.message, rejection: nowhere },
    ],
    [
      'only on the removed node comes back there',
      [
        ['cordoned', { nodeName: 'node-1' }],
        ['deleted', nowhere],
      ],
      {
        verdict: 'doesNotFit',
        message: 'comes back on node-1, a node to remove, because it tolerates the cordon',
        returnsTo: 'node-1',
        rejection: nowhere,
      },
    ],
    [
      'on the removed node or on another one may come back',
      [
        ['cordoned', { nodeName: 'node-1' }],
        ['cordoned', here],
      ],
      {
        verdict: 'likely',
        nodeName: 'node-2',
        message: 'may come back on node-1, a node to remove, because it tolerates the cordon, else node-2 has room',
        returnsTo: 'node-1',
      },
    ],
    [
      'only after the deletion of the nodes stays pending until then',
      [
        ['cordoned', nowhere],
        ['deleted', here],
      ],
      {
        verdict: 'likely',
        nodeName: 'node-2',
        message: `pending until the nodes are deleted (${because}), then node-2 has room`,
        rejection: nowhere,
        isPlacedAfterDeletion: true,
      },
    ],
    [
      'only by preemption is unknown',
      [
        ['cordoned', preempting],
        ['deleted', nowhere],
      ],
      {
        verdict: 'unknown',
        message: `it would only get a place by preempting pods of lower priority (${because})`,
        rejection: preempting,
      },
    ],
    ['in no answer is unknown', [], { verdict: 'unknown', message: 'the scheduler was not asked' }],
  ])('a pod with a place %s', (_name, places, expected) => {
    expect(judgeOne(places)).toEqual(expected);
  });

  it.each<[string, string, string]>([
    ['required affinity, which is not tried again', "1 node(s) didn't match pod affinity rules", 'likely'],
    ['what is tried again', "1 node(s) didn't match pod anti-affinity rules", 'fits'],
  ])('counts a rejection while the earlier pods terminate for %s', (_name, reason, verdict) => {
    const judged = judgeOne([
      ['cordoned', here],
      ['cordoned', noPlace({ message: `0/2 nodes are available: ${reason}.` }), 'later'],
    ]);
    expect(judged?.verdict).toBe(verdict);
  });

  it('does not count the state after the deletion when the nodes are kept', () => {
    const places: readonly Tried[] = [
      ['cordoned', nowhere],
      ['deleted', here],
    ];
    expect(judgeOne(places, { deletesNodes: false })?.verdict).toBe('doesNotFit');
  });

  const labelled = noPlace({ plugins: ['NodeAffinity', 'TaintToleration'], message: 'tainted or unlabelled.' });
  it.each<[string, NoPlace, string | undefined]>([
    ['a volume that no other node can use', inZones, inZones.message],
    ['a selector, beside a node with a taint', labelled, labelled.message],
    ['a zone', noPlace({ plugins: ['VolumeZone'], message: 'zone.' }), 'zone.'],
    ['too little room', nowhere, undefined],
    ['a selector, and too little room', noPlace({ plugins: ['NodeAffinity', 'NodeResourcesFit'] }), undefined],
    ['taints only', noPlace({ plugins: ['TaintToleration'] }), undefined],
    ['another cordoned node', noPlace({ plugins: ['NodeAffinity', 'NodeUnschedulable'] }), undefined],
    ['the lack of other nodes', noPlace({ plugins: [] }), undefined],
  ])('a pod that is rejected for %s is pinned only by fixed constraints', (_name, rejection, expected) => {
    const judged = judgeOne([
      ['cordoned', nowhere],
      ['deleted', rejection],
    ]);
    expect(judged?.pinMessage).toBe(expected);
  });
});
