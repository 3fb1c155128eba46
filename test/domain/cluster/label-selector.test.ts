import { describe, expect, it } from '@jest/globals';
import type { LabelSelector, LabelSelectorRequirement } from '../../../src/domain/cluster/facts.ts';
import {
  isEmptySelector,
  isSameSelector,
  matchesLabelSelector,
  parseSelectorText,
} from '../../../src/domain/cluster/label-selector.ts';
import { selector } from '../../builders/workload.ts';

const expression = (
  key: string,
  operator: LabelSelectorRequirement['operator'],
  ...values: string[]
): LabelSelector => ({ matchLabels: {}, matchExpressions: [{ key, operator, values }] });

describe('matchesLabelSelector', () => {
  const labels = { app: 'web', tier: 'front' };

  it.each<[string, LabelSelector | undefined, boolean]>([
    ['an absent selector matches nothing', undefined, false],
    ['an empty selector matches everything', selector({}), true],
    ['all labels must match', selector({ app: 'web', tier: 'back' }), false],
    ['a subset of the labels is enough', selector({ app: 'web' }), true],
    ['In finds the value', expression('app', 'In', 'api', 'web'), true],
    ['In misses another value', expression('app', 'In', 'api'), false],
    ['In misses an absent label', expression('zone', 'In', 'a'), false],
    ['NotIn rejects the value', expression('app', 'NotIn', 'web'), false],
    ['NotIn accepts an absent label', expression('zone', 'NotIn', 'a'), true],
    ['Exists needs the label', expression('zone', 'Exists'), false],
    ['Exists accepts any value', expression('app', 'Exists'), true],
    ['DoesNotExist rejects the label', expression('app', 'DoesNotExist'), false],
    [
      'labels and expressions are both needed',
      { ...expression('tier', 'In', 'back'), matchLabels: { app: 'web' } },
      false,
    ],
  ])('%s', (_name, given, expected) => {
    expect(matchesLabelSelector(labels, given)).toBe(expected);
  });
});

describe('isSameSelector', () => {
  it.each<[string, LabelSelector | undefined, LabelSelector | undefined, boolean]>([
    ['labels in another order are the same', selector({ a: '1', b: '2' }), selector({ b: '2', a: '1' }), true],
    ['values in another order are the same', expression('a', 'In', '1', '2'), expression('a', 'In', '2', '1'), true],
    ['a label is the same as In with one value', selector({ a: '1' }), expression('a', 'In', '1'), true],
    ['another value differs', selector({ a: '1' }), selector({ a: '2' }), false],
    ['a further label differs', selector({ a: '1' }), selector({ a: '1', b: '2' }), false],
    ['absent and empty differ', undefined, selector({}), false],
    ['absent and absent are the same', undefined, undefined, true],
  ])('%s', (_name, a, b, expected) => {
    expect(isSameSelector(a, b)).toBe(expected);
  });
});

describe('parseSelectorText', () => {
  it.each<[string, string, LabelSelector | undefined]>([
    ['equality', 'app=web', selector({ app: 'web' })],
    ['double equality with blanks', ' app == web ', selector({ app: 'web' })],
    ['a prefixed key', 'apps.kruise.io/name=web-1', selector({ 'apps.kruise.io/name': 'web-1' })],
    ['an empty value', 'app=', selector({ app: '' })],
    ['inequality', 'app!=web', expression('app', 'NotIn', 'web')],
    ['in', 'c in (d, e)', expression('c', 'In', 'd', 'e')],
    ['notin', 'c notin (d,e)', expression('c', 'NotIn', 'd', 'e')],
    ['existence', 'f', expression('f', 'Exists')],
    ['absence', '!f', expression('f', 'DoesNotExist')],
    [
      'several with commas inside parentheses',
      'a=b,c in (d,e),!f',
      {
        matchLabels: { a: 'b' },
        matchExpressions: [
          { key: 'c', operator: 'In', values: ['d', 'e'] },
          { key: 'f', operator: 'DoesNotExist', values: [] },
        ],
      },
    ],
    [
      'the same key twice keeps both requirements',
      'a=b,a=c',
      { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['c'] }] },
    ],
    ['an empty text as no selector', '', undefined],
    ['a comparison as unsupported', 'a>1', undefined],
    ['a trailing comma as unsupported', 'a=b,', undefined],
  ])('reads %s', (_name, text, expected) => {
    expect(parseSelectorText(text)).toEqual(expected);
  });
});

describe('isEmptySelector', () => {
  it.each<[string, LabelSelector, boolean]>([
    ['no requirement', selector({}), true],
    ['one label', selector({ a: '1' }), false],
    ['one expression', expression('a', 'Exists'), false],
  ])('%s', (_name, given, expected) => {
    expect(isEmptySelector(given)).toBe(expected);
  });
});
