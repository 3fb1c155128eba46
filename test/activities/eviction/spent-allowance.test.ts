import { describe, expect, it } from '@jest/globals';
import { SpentAllowance } from '../../../src/activities/eviction/spent-allowance.ts';
import { budget } from '../../builders/budget.ts';

const KEY = 'default/web-pdb';

const spent = (allowance: SpentAllowance, now = 0): readonly string[] => [
  ...(allowance.toMap([KEY], now).get(KEY) ?? []),
];

describe('SpentAllowance', () => {
  const cases: [name: string, then: (allowance: SpentAllowance) => void, now: number, left: string[]][] = [
    ['a sent eviction counts as spent', () => undefined, 0, ['a', 'b']],
    [
      'a refused eviction is returned',
      (each) => {
        each.giveBack(KEY, 'a');
      },
      0,
      ['b'],
    ],
    [
      'an eviction that the status shows is not counted twice',
      (each) => {
        each.observe(KEY, budget({ disruptedPods: ['b'] }));
      },
      0,
      ['a'],
    ],
    [
      'a status that shows other pods changes nothing',
      (each) => {
        each.observe(KEY, budget({ disruptedPods: ['c'] }));
      },
      0,
      ['a', 'b'],
    ],
    [
      'a new LIST resets all',
      (each) => {
        each.clear();
      },
      0,
      [],
    ],
    ['after 10 s it still counts', () => undefined, 10_000, ['a', 'b']],
    ['later an eviction that never showed is dropped', () => undefined, 10_001, []],
    [
      'another budget is counted separately',
      (each) => {
        each.giveBack('default/other', 'a');
      },
      0,
      ['a', 'b'],
    ],
  ];
  it.each(cases)('%s', (_name, then, now, left) => {
    const allowance = new SpentAllowance();
    allowance.add(KEY, 'a', 0);
    allowance.add(KEY, 'b', 0);
    then(allowance);
    expect(spent(allowance, now)).toEqual(left);
  });
});
