import { describe, expect, it } from '@jest/globals';
import { toSlotDelays, type BudgetEvent } from '../../../bench/drain/freed-slots.ts';

const event = (at: number, allowed: number, ...disrupted: string[]): BudgetEvent => ({ at, allowed, disrupted });

describe('toSlotDelays', () => {
  it.each<[string, readonly BudgetEvent[], { freed: readonly number[]; round: readonly number[] }]>([
    ['nothing for no events', [], { freed: [], round: [] }],
    [
      'no delay for what was allowed from the start',
      [event(0, 2), event(100, 1, 'a'), event(101, 0, 'a', 'b')],
      { freed: [], round: [] },
    ],
    [
      'a round and the delay of the next eviction',
      [event(0, 1), event(100, 0, 'a'), event(150, 0), event(2100, 1), event(2140, 0, 'b')],
      { freed: [40], round: [2000] },
    ],
    [
      'the oldest first, with two at once',
      [
        ...[event(0, 2), event(100, 1, 'a'), event(110, 0, 'a', 'b')],
        ...[event(2100, 1), event(2110, 2), event(2150, 1, 'c'), event(2200, 0, 'c', 'd')],
      ],
      { freed: [50, 90], round: [2000, 2000] },
    ],
    [
      'no delay for what is never used',
      [event(0, 1), event(100, 0, 'a'), event(2100, 1)],
      { freed: [], round: [2000] },
    ],
    [
      'an eviction that the controller sees in the same change',
      [event(0, 1), event(100, 1, 'a')],
      { freed: [], round: [] },
    ],
    [
      'no delay for what a pod that became unhealthy has taken away',
      [event(0, 1), event(100, 0, 'a'), event(2100, 1), event(2200, 0), event(4000, 1), event(4010, 0, 'b')],
      { freed: [], round: [2000] },
    ],
    [
      'a pod of a StatefulSet that is evicted again under its name',
      [event(0, 1), event(100, 0, 'a'), event(200, 0), event(2100, 1), event(2130, 0, 'a')],
      { freed: [30], round: [2000] },
    ],
  ])('has %s', (_case, events, { freed, round }) => {
    expect(toSlotDelays(events)).toEqual({ freedToAccepted: freed, acceptedToFreed: round });
  });
});
