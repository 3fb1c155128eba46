import { describe, expect, it } from '@jest/globals';
import type { LabelSelector } from '../../../src/domain/cluster/facts.ts';
import { parseLabelSelector, toLabelSelector } from '../../../src/kube/facts/to-label-selector.ts';

describe('toLabelSelector', () => {
  it('keeps an absent selector absent: it matches nothing', () => {
    expect(toLabelSelector(undefined)).toBeUndefined();
  });

  it('keeps an empty selector empty: it matches everything', () => {
    expect(toLabelSelector({})).toEqual({ matchLabels: {}, matchExpressions: [] });
  });

  it('fills in absent values', () => {
    expect(toLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Exists' }] })?.matchExpressions).toEqual([
      { key: 'a', operator: 'Exists', values: [] },
    ]);
  });
});

describe('parseLabelSelector', () => {
  const one = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', ...values: string[]): LabelSelector => ({
    matchLabels: {},
    matchExpressions: [{ key: 'app.io/tier', operator, values }],
  });

  it.each<[string, string, LabelSelector | undefined]>([
    ['equality', 'app=web,tier==front', { matchLabels: { app: 'web', tier: 'front' }, matchExpressions: [] }],
    ['an empty value', 'app=', { matchLabels: { app: '' }, matchExpressions: [] }],
    ['inequality', 'app.io/tier!=back', one('NotIn', 'back')],
    ['a set', 'app.io/tier in (a, b)', one('In', 'a', 'b')],
    ['an excluded set', 'app.io/tier notin (a,b)', one('NotIn', 'a', 'b')],
    ['existence', 'app.io/tier', one('Exists')],
    ['absence', '!app.io/tier', one('DoesNotExist')],
    [
      'all together',
      'a=1,b in (x,y),!c',
      {
        matchLabels: { a: '1' },
        matchExpressions: [
          { key: 'b', operator: 'In', values: ['x', 'y'] },
          { key: 'c', operator: 'DoesNotExist', values: [] },
        ],
      },
    ],
    ['empty text as absent', '', undefined],
    ['unparsable text as absent', 'a=1,???', undefined],
  ])('reads %s', (_name, text, expected) => {
    expect(parseLabelSelector(text)).toEqual(expected);
  });
});
