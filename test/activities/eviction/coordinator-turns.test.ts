import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CoordinatorTurns } from '../../../src/activities/eviction/coordinator-turns.ts';
import { EvictionSlots } from '../../../src/activities/eviction/eviction-slots.ts';

const ALL = 'all';

/** The pods that each turn was for, in order. */
let runs: (typeof ALL | readonly string[])[];
let slots: EvictionSlots;
let turns: CoordinatorTurns;
/** The pods that wait. */
let waiting: readonly string[];
/** What each turn does besides. */
let inTurn: (now: number) => void;

const advance = async (milliseconds = 0): Promise<void> => {
  await jest.advanceTimersByTimeAsync(milliseconds);
};

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  runs = [];
  waiting = [];
  inTurn = () => undefined;
  slots = new EvictionSlots(10);
  turns = new CoordinatorTurns({
    slots,
    now: () => Date.now(),
    run: (now, only) => {
      runs.push(only === undefined ? ALL : [...only]);
      inTurn(now);
    },
    toWaiting: () => waiting,
    fail: (error) => {
      throw error;
    },
  });
});

afterEach(() => {
  turns.stop();
  jest.useRealTimers();
});

describe('CoordinatorTurns', () => {
  it('one turn is for all pods that are requested together, each once', async () => {
    turns.requestFor(['a', 'b']);
    turns.requestFor(['b', 'c']);
    await advance();
    expect(runs).toEqual([['a', 'b', 'c']]);
  });

  it('the next turn does not repeat them', async () => {
    turns.requestFor(['a']);
    await advance();
    turns.requestFor(['b']);
    await advance();
    expect(runs).toEqual([['a'], ['b']]);
  });

  it.each<readonly [string, () => void]>([
    [
      'before',
      () => {
        turns.request();
        turns.requestFor(['a']);
      },
    ],
    [
      'after',
      () => {
        turns.requestFor(['a']);
        turns.request();
      },
    ],
  ])('one turn for all pods covers those requested %s', async (_moment, request) => {
    request();
    await advance();
    expect(runs).toEqual([ALL]);
  });

  it('no turn is for no pods', async () => {
    turns.requestFor([]);
    await advance();
    expect(runs).toEqual([]);
  });

  it('a turn for those that wait is for no others', async () => {
    waiting = ['a', 'b'];
    turns.requestForWaiting();
    await advance();
    expect(runs).toEqual([['a', 'b']]);
  });

  it('a place that becomes free is for those that wait', async () => {
    const leaves = Array.from({ length: 10 }, () => slots.enter(undefined, 0, () => undefined));
    inTurn = (now) => {
      turns.enter(undefined, now);
      inTurn = () => undefined;
    };
    turns.request();
    await advance();
    waiting = ['b'];
    for (const entrance of leaves) if ('leave' in entrance) entrance.leave();
    await advance();
    expect(runs).toEqual([ALL, ['b']]);
  });

  it('a place that becomes free when none waits any more is passed on', async () => {
    const calls: string[] = [];
    const [first] = Array.from({ length: 10 }, () => slots.enter(undefined, 0, () => undefined));
    inTurn = (now) => {
      turns.enter(undefined, now);
      inTurn = () => undefined;
    };
    turns.request();
    await advance();
    slots.enter(undefined, 0, (line) => calls.push(line));
    if (first !== undefined && 'leave' in first) first.leave();
    await advance();
    expect(calls).toHaveLength(1);
  });

  it('a turn for some pods leaves the moments of the others', async () => {
    turns.schedule([1000], 0);
    inTurn = (now) => {
      turns.schedule([now + 5000], now);
    };
    await advance(400);
    turns.requestFor(['a']);
    await advance(600);
    expect(runs).toEqual([['a'], ALL]);
  });

  it('a turn for some pods adds an earlier moment', async () => {
    turns.schedule([1000], 0);
    turns.schedule([300], 0);
    await advance(300);
    expect(runs).toEqual([ALL]);
  });

  it('a turn for all pods replaces the moments of earlier turns', async () => {
    turns.schedule([1000], 0);
    turns.request();
    await advance(2000);
    expect(runs).toEqual([ALL]);
  });

  it('a turn for some pods leaves the moment at which a lane becomes free', async () => {
    slots.enter('team/budget', 0, () => undefined);
    inTurn = (now) => {
      turns.enter('team/budget', now);
      turns.schedule([], now);
      inTurn = () => undefined;
    };
    turns.request();
    await advance(400);
    turns.requestFor(['a']);
    await advance(600);
    expect(runs).toEqual([ALL, ['a'], ALL]);
  });
});
