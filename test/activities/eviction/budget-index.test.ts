import { describe, expect, it } from '@jest/globals';
import { BudgetIndex } from '../../../src/activities/eviction/budget-index.ts';
import { budget } from '../../builders/budget.ts';
import { pod } from '../../builders/pod.ts';
import { selector } from '../../builders/workload.ts';

const WEB = pod({ labels: { app: 'web' } });

const namesFor = (index: BudgetIndex): readonly string[] => index.covering(WEB).map(({ name }) => name);

describe('BudgetIndex', () => {
  it('has the budgets of the namespace that select a pod, by name', () => {
    const index = new BudgetIndex([
      budget({ name: 'b' }),
      budget({ name: 'a' }),
      budget({ name: 'other', selector: selector({ app: 'other' }) }),
      budget({ name: 'a', namespace: 'elsewhere' }),
    ]);
    expect(namesFor(index)).toEqual(['a', 'b']);
    expect(index.find('default/other')?.name).toBe('other');
    expect(index.covering(pod({ namespace: 'empty' }))).toEqual([]);
  });

  const changes: [name: string, change: (index: BudgetIndex) => void, names: string[]][] = [
    ['added', (index) => index.set(budget({ name: 'second' })), ['second', 'web-pdb']],
    ['removed', (index) => index.delete(budget()), []],
    ['changed to select others', (index) => index.set(budget({ selector: selector({ app: 'other' }) })), []],
    ['changed in its status', (index) => index.set(budget({ disruptionsAllowed: 7 })), ['web-pdb']],
    [
      'removed and added again with another selector',
      (index) => {
        index.delete(budget());
        index.set(budget({ selector: selector({ app: 'other' }) }));
      },
      [],
    ],
  ];
  it.each(changes)('a budget is %s after the pod was compared', (_name, change, names) => {
    const index = new BudgetIndex([budget()]);
    expect(namesFor(index)).toEqual(['web-pdb']);
    change(index);
    expect(namesFor(index)).toEqual(names);
  });

  it('returns the present status, and the earlier version of a change', () => {
    const index = new BudgetIndex([budget({ disruptionsAllowed: 0 })]);
    index.covering(WEB);
    expect(index.set(budget({ disruptionsAllowed: 7 }))?.disruptionsAllowed).toBe(0);
    expect(index.covering(WEB)[0]?.disruptionsAllowed).toBe(7);
    expect(index.delete(budget({ name: 'unseen' }))).toBeUndefined();
    expect(index.delete(budget())?.disruptionsAllowed).toBe(7);
  });
});
