import { describe, expect, it } from '@jest/globals';
import type { NodeFacts, PodFacts, Taint } from '../../../src/domain/cluster/facts.ts';
import { planReleaseKeepingCordon, planUncordon } from '../../../src/domain/node/cordon-plan.ts';
import {
  findDeadNode,
  findOutOfServiceTaint,
  isOutOfServiceBy,
  needsConfirmation,
  planOutOfService,
  type DeadNode,
} from '../../../src/domain/node/out-of-service.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';

const TAINT: Taint = { key: 'node.kubernetes.io/out-of-service', value: '42', effect: 'NoExecute' };
const FOREIGN: Taint = { ...TAINT, value: 'nodeshutdown' };
const GONE = pod({ name: 'a', deletionTimestamp: '2026-01-02T00:00:30.000Z' });
const ALLOWED = { deadNode: 'outOfService' } as const;
const DEAD: DeadNode = { isOutOfService: false, areTerminating: true };

const silent = (given: Partial<NodeFacts> = {}): NodeFacts => node({ ready: false, isSilent: true, ...given });

describe('findDeadNode', () => {
  it.each<readonly [string, Partial<NodeFacts>, readonly PodFacts[], object | undefined]>([
    ['whose pods are all terminating', {}, [GONE], DEAD],
    ['that records since when it is not Ready', { notReadySince: 'noon' }, [GONE], { ...DEAD, since: 'noon' }],
    ['that is marked already', { taints: [FOREIGN] }, [GONE], { ...DEAD, isOutOfService: true }],
    ['of which one pod is not terminating', {}, [GONE, pod({ name: 'b' })], { ...DEAD, areTerminating: false }],
    ['that is not Ready, but reports', { isSilent: false }, [GONE], undefined],
    ['that is Ready', { ready: true, isSilent: false }, [GONE], undefined],
    ['without pods', {}, [], undefined],
  ])('a node %s', (_which, facts, leaving, expected) => {
    expect(findDeadNode(silent(facts), leaving, ALLOWED)).toEqual(expected);
  });

  it.each([[{ deadNode: 'refuse' } as const], [{}]])('none with %j', (request) => {
    expect(findDeadNode(silent(), [GONE], request)).toBeUndefined();
  });
});

describe('needsConfirmation', () => {
  it.each([
    ['when its pods wait for the kubelet only', {}, true],
    ['not while one is not terminating', { areTerminating: false }, false],
    ['not once it is marked', { isOutOfService: true }, false],
  ])('%s', (_when, given, expected) => {
    expect(needsConfirmation({ ...DEAD, ...given })).toBe(expected);
  });

  it('not on a node that is not dead', () => {
    expect(needsConfirmation(undefined)).toBe(false);
  });
});

describe('planOutOfService', () => {
  it('adds the taint of KEP-2268 once, with the task as its value', () => {
    expect(planOutOfService(node(), '42')).toEqual({ taints: [TAINT] });
    expect(planOutOfService(node({ taints: [FOREIGN] }), '42')).toBe('nothing');
    expect(findOutOfServiceTaint(node({ taints: [FOREIGN] }))).toEqual(FOREIGN);
    expect([TAINT, FOREIGN].map((taint) => isOutOfServiceBy(node({ taints: [taint] }), '42'))).toEqual([true, false]);
  });
});

describe('the undo of a node that is out of service', () => {
  it.each([
    ['uncordoned', planUncordon],
    ['left cordoned', planReleaseKeepingCordon],
  ])('%s, removes the taint of the task and no other', (_name, plan) => {
    expect(plan(node({ taints: [TAINT] }), '42').change).toMatchObject({ taints: [] });
    expect(plan(node({ taints: [FOREIGN] }), '42').change).toBe('nothing');
  });
});
