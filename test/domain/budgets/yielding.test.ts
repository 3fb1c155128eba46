import { describe, expect, it } from '@jest/globals';
import { describeYielding, findYielding } from '../../../src/domain/budgets/yielding.ts';
import type { DisruptionBudgetFacts } from '../../../src/domain/cluster/facts.ts';
import { budget, taskBudget } from '../../builders/budget.ts';

const own = budget({ name: 'own' });

describe('findYielding', () => {
  const cases: [name: string, covering: DisruptionBudgetFacts[], yields: string | undefined][] = [
    ['the budget of this task yields to that of an owner', [own, taskBudget('task-1')], 'web-pdb'],
    ['a single budget does not', [taskBudget('task-1')], undefined],
    ['two budgets of owners', [own, budget({ name: 'other' })], undefined],
    ['the budget of another task is for that task to remove', [own, taskBudget('task-2')], undefined],
    ['two budgets of tasks', [taskBudget('task-1'), taskBudget('task-2', { name: 'other' })], undefined],
    ['an edited budget is the business of who edited it', [own, taskBudget('task-1', { minAvailable: 1 })], undefined],
    ['one that is being deleted already', [own, taskBudget('task-1', { deleting: true })], undefined],
    ["an owner's that is being deleted", [budget({ name: 'own', deleting: true }), taskBudget('task-1')], undefined],
  ];
  it.each(cases)('%s', (_name, covering, yields) => {
    expect(findYielding(covering, 'task-1')?.budget.name).toBe(yields);
  });

  it('is reported with the budgets that protect the pods now', () => {
    const yielding = findYielding([own, budget({ name: 'other' }), taskBudget('task-1')], 'task-1')!;
    expect(describeYielding(yielding)).toBe(
      "this task's budget default/web-pdb was removed during the drain: default/own and default/other of another client now select the same pods, and two budgets would block every eviction",
    );
  });
});
