import { describe, expect, it } from '@jest/globals';
import { toBudgetStatus } from '../../../src/domain/budgets/budget-status.ts';

describe('toBudgetStatus', () => {
  it.each([
    // spec, expected and healthy pods; desired, allowed. A percentage is rounded up.
    [{ maxUnavailable: 1 }, 3, 3, 2, 1],
    [{ maxUnavailable: '25%' }, 4, 2, 3, 0],
    [{ maxUnavailable: '25%' }, 5, 5, 3, 2],
    [{ maxUnavailable: 5 }, 3, 3, 0, 3],
    [{ minAvailable: 1 }, 2, 2, 1, 1],
    [{ minAvailable: '50%' }, 3, 3, 2, 1],
    [{ minAvailable: 3 }, 2, 2, 3, 0],
    [{}, 2, 1, 0, 1],
  ])('%j of %i pods, of which %i are healthy', (spec, expectedPods, currentHealthy, desiredHealthy, allowed) => {
    expect(toBudgetStatus(spec, { expectedPods, currentHealthy })).toEqual({
      expectedPods,
      currentHealthy,
      desiredHealthy,
      disruptionsAllowed: allowed,
    });
  });
});
