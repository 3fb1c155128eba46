import { describe, expect, it } from '@jest/globals';
import { planTrials } from '../../../src/domain/scheduling/plan-trials.ts';
import { node } from '../../builders/node.ts';
import { owner, pod } from '../../builders/pod.ts';
import { rescheduling } from '../../builders/rescheduling.ts';

const CRITICAL = 2_000_001_000;

describe('planTrials', () => {
  it('plans nothing when no pod moves', () => {
    expect([...planTrials(rescheduling([]))]).toEqual([]);
  });

  it('tries both states of the removed nodes, both ways to leave and every choice', () => {
    const trials = [...planTrials(rescheduling([pod()]))];
    const valuesOf = (key: 'removedNodes' | 'leave' | 'choice'): readonly string[] =>
      [...new Set(trials.map((trial) => trial[key]))].sort();

    expect(valuesOf('removedNodes')).toEqual(['cordoned', 'deleted']);
    expect(valuesOf('leave')).toEqual(['oneByOne', 'together']);
    expect(valuesOf('choice')).toEqual(['emptiest', 'fullest', 'scheduler']);
    expect(trials.every(({ removedNodeNames }) => removedNodeNames.join() === 'node-1')).toBe(true);
  });

  it('removes no node that does not exist, which preflight refuses', () => {
    const trials = [...planTrials(rescheduling([pod()], { removedNodeNames: ['missing', 'node-1'] }))];
    expect(new Set(trials.map(({ removedNodeNames }) => removedNodeNames.join()))).toEqual(new Set(['node-1']));
  });

  it('tries the drain first: what waits, then node by node, critical pods of a node last', () => {
    const moved = [
      pod({ name: 'c', nodeName: 'node-2' }),
      pod({ name: 'critical', nodeName: 'node-1', priority: CRITICAL }),
      pod({ name: 'b', nodeName: 'node-1' }),
    ];
    const waiting = pod({ name: 'waiting', nodeName: '', phase: 'Pending' });
    const [first] = planTrials(
      rescheduling(moved, { pods: [...moved, waiting], removedNodeNames: ['node-1', 'node-2'] }),
    );

    expect(first).toMatchObject({ removedNodes: 'cordoned', leave: 'oneByOne', choice: 'scheduler' });
    expect(first?.pods.map(({ uid }) => uid)).toEqual(
      ['waiting', 'b', 'critical', 'c'].map((name) => `uid-default-${name}`),
    );
  });

  it('tries the least important and smallest pods first in its adversaries, the opposite elsewhere', () => {
    const moved = [
      pod({ name: 'small', requests: { cpu: 100 } }),
      pod({ name: 'large', requests: { cpu: 2000 } }),
      pod({ name: 'important', requests: { cpu: 50 }, priority: 9 }),
    ];
    const orders = [...planTrials(rescheduling(moved))].map(({ pods }) =>
      pods.map(({ uid }) => uid.replace('uid-default-', '')).join(' '),
    );

    expect(orders).toContain('small large important');
    expect(orders).toContain('important large small');
  });

  it('tries every workload once after all others, with every choice', () => {
    const moved = [
      pod({ name: 'a' }),
      pod({ name: 'b' }),
      pod({ name: 'other', controller: owner('apps/v1', 'ReplicaSet', 'other') }),
    ];
    const trials = [...planTrials(rescheduling(moved))].slice(12);
    expect(
      trials.map(({ choice, pods }) => `${choice} ${pods.map(({ uid }) => uid.replace('uid-default-', '')).join(' ')}`),
    ).toEqual([
      ...['scheduler other a b', 'emptiest other a b', 'fullest other a b'],
      ...['scheduler a b other', 'emptiest a b other', 'fullest a b other'],
    ]);
  });

  it('tries pods that require others while these terminate', () => {
    const term = {
      topologyKey: 'kubernetes.io/hostname',
      selector: { matchLabels: { app: 'web' }, matchExpressions: [] },
      namespaces: [],
    };
    const [, , third] = planTrials(rescheduling([pod({ requiredPodAffinity: [term] })]));

    expect(third).toMatchObject({ leave: 'later', removedNodes: 'cordoned' });
    expect([...planTrials(rescheduling([pod()]))].filter(({ leave }) => leave === 'later')).toEqual([]);
  });

  it('always tries the drain and its end, and less of the rest the larger the task is', () => {
    const nodes = Array.from({ length: 2000 }, (_, index) => node({ name: `node-${index + 1}` }));
    const countOf = (podCount: number): number =>
      [
        ...planTrials(
          rescheduling(
            Array.from({ length: podCount }, (_, index) => pod({ name: `web-${index}` })),
            { nodes },
          ),
        ),
      ].length;

    expect([countOf(1), countOf(200), countOf(2000)]).toEqual([12, 5, 2]);
  });

  it('tries the end once even if the nodes are kept: it shows which pods only they can run', () => {
    const states = [...planTrials(rescheduling([pod()], { deletesNodes: false }))].map(
      ({ removedNodes }) => removedNodes,
    );

    expect(states.filter((state) => state === 'deleted')).toHaveLength(1);
  });
});
