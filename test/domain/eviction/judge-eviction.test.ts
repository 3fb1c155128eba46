import { describe, expect, it } from '@jest/globals';
import type { DisruptionBudgetFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import { judgeEviction, toUnreflected, type EvictionJudgement } from '../../../src/domain/eviction/judge-eviction.ts';
import { budget } from '../../builders/budget.ts';
import { pod } from '../../builders/pod.ts';
import { selector } from '../../builders/workload.ts';

const unready = pod({ ready: false });
const exhausted = budget({ disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3 });
const short = budget({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 3 });
const charged = { namespace: 'default', name: 'web-pdb' };
const always = { unhealthyPodEvictionPolicy: 'AlwaysAllow' } as const;

describe('judgeEviction', () => {
  it.each<[string, PodFacts, readonly DisruptionBudgetFacts[], EvictionJudgement['kind']]>([
    ['no budget', pod(), [], 'goNow'],
    ['E1: nothing allowed, running and ready', pod(), [exhausted], 'wait'],
    ['E1: nothing allowed, pending', pod({ phase: 'Pending' }), [exhausted], 'goNow'],
    ['E1: nothing allowed, succeeded', pod({ phase: 'Succeeded' }), [exhausted], 'goNow'],
    ['E1: nothing allowed, failed', pod({ phase: 'Failed' }), [exhausted], 'goNow'],
    ['E1: nothing allowed, terminating', pod({ deletionTimestamp: '2026-01-01T00:00:00Z' }), [exhausted], 'goNow'],
    ['E2: one allowed', pod(), [budget()], 'goNow'],
    [
      'E2: the selector does not match',
      pod(),
      [budget({ ...exhausted, selector: selector({ app: 'other' }) })],
      'goNow',
    ],
    ['a budget of another namespace', pod(), [budget({ ...exhausted, namespace: 'other' })], 'goNow'],
    [
      'E5: unready, current = desired = 2',
      unready,
      [budget({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 })],
      'goNow',
    ],
    [
      'E5: unready, current = desired = 0',
      unready,
      [budget({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0 })],
      'wait',
    ],
    [
      'E5: the same with AlwaysAllow',
      unready,
      [budget({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, ...always })],
      'goNow',
    ],
    ['unready while too few are healthy', unready, [short], 'wait'],
    ['the same with AlwaysAllow', unready, [budget({ ...short, ...always })], 'goNow'],
    ['ready under AlwaysAllow is still charged', pod(), [budget({ ...exhausted, ...always })], 'wait'],
    ['E7: ready, 2 of 2', pod(), [budget({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 })], 'wait'],
    ['E7: the empty selector selects every pod', pod(), [budget({ ...exhausted, selector: selector({}) })], 'wait'],
    ['E8: the controller cannot count', pod(), [budget({ ...exhausted, syncFailure: 'SyncFailed' })], 'unknownYet'],
    [
      'E8: more are healthy than needed, and none is allowed',
      pod(),
      [budget({ ...exhausted, currentHealthy: 4 })],
      'wait',
    ],
    ['the controller has not processed the budget', pod(), [budget({ generation: 2 })], 'unknownYet'],
    ['two budgets', pod(), [budget(), budget({ name: 'other' })], 'multipleBudgets'],
    [
      'two budgets on an unready pod, both with AlwaysAllow',
      unready,
      [budget(always), budget({ name: 'other', ...always })],
      'multipleBudgets',
    ],
    ['two budgets on a pending pod', pod({ phase: 'Pending' }), [budget(), budget({ name: 'other' })], 'goNow'],
  ])('%s', (_name, given, budgets, expected) => {
    expect(judgeEviction(given, budgets).kind).toBe(expected);
  });

  it.each<[string, PodFacts, DisruptionBudgetFacts, EvictionJudgement]>([
    ['a charged eviction has its budget', pod(), budget(), { kind: 'goNow', budget: charged }],
    ['an uncharged one does not', unready, budget(always), { kind: 'goNow' }],
    ['I2: a finished pod is charged to no budget', pod({ phase: 'Succeeded' }), budget(), { kind: 'goNow' }],
    [
      'I2: nor is one that a finalizer keeps',
      pod({ deletionTimestamp: '2026-01-01T00:00:00Z' }),
      budget(),
      { kind: 'goNow' },
    ],
    [
      'a wait has the numbers',
      pod(),
      exhausted,
      { kind: 'wait', budget: charged, message: 'budget default/web-pdb allows 0 now: 3 healthy, 3 needed' },
    ],
  ])('%s', (_name, given, covering, expected) => {
    expect(judgeEviction(given, [covering])).toEqual(expected);
  });

  it.each<[string, DisruptionBudgetFacts, readonly string[], EvictionJudgement['kind']]>([
    ['a spent eviction that is not in the status yet counts', budget(), ['web-1-b'], 'wait'],
    [
      'an eviction in the status is counted by the API server',
      budget({ disruptedPods: ['web-1-b'] }),
      ['web-1-b'],
      'goNow',
    ],
    ['a larger allowance is not used up', budget({ disruptionsAllowed: 2 }), ['web-1-b'], 'goNow'],
  ])('%s', (_name, covering, spentNames, expected) => {
    const spent = new Map([['default/web-pdb', new Set(spentNames)]]);

    expect(judgeEviction(pod(), [covering], spent).kind).toBe(expected);
  });

  it('counts the pods just evicted', () => {
    const spent = new Map([['default/web-pdb', new Set(['web-1-b'])]]);

    expect(judgeEviction(pod(), [budget()], spent)).toMatchObject({
      message: 'budget default/web-pdb allows 0 now: 3 healthy, 2 needed, 1 just evicted',
    });
  });
});

describe('toUnreflected', () => {
  it('drops the names in the status of the budget', () => {
    expect([...toUnreflected(new Set(['a', 'b']), budget({ disruptedPods: ['b', 'c'] }))]).toEqual(['a']);
  });
});
