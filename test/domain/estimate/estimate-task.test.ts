import { describe, expect, it } from '@jest/globals';
import { estimateTask } from '../../../src/domain/estimate/estimate-task.ts';
import { drainEstimate } from '../../builders/drain-facts.ts';

describe('estimateTask', () => {
  it('adds up nodes that are drained one after another, and names that', () => {
    const { assumptions, ...range } = estimateTask([drainEstimate(), drainEstimate()]);
    expect(range).toEqual({ likelySeconds: 160, longestSeconds: 220 });
    expect(assumptions).toContain('The times of the nodes are added up, as if they were drained one after another.');
  });

  it('is unknown when one drain is unknown', () => {
    const task = estimateTask([drainEstimate(), { graceSeconds: 0, turns: [], unknown: ['x'] }]);
    expect(task).not.toHaveProperty('likelySeconds');
    expect(task).not.toHaveProperty('longestSeconds');
  });

  it('takes no time without pods that leave', () => {
    expect(estimateTask([])).toMatchObject({ likelySeconds: 0, longestSeconds: 0 });
  });
});
