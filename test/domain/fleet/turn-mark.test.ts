import { describe, expect, it } from '@jest/globals';
import { isForgotten, readTurnMark, withTurnMark } from '../../../src/domain/fleet/turn-mark.ts';
import { parseLockHolder, toLockText } from '../../../src/domain/node/lock.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { turnHolder, turnMark, workingMark } from '../../builders/turns.ts';

const LOCK = toLockText(lockHolder());
const AT = Date.parse('2026-01-02T00:00:00.000Z');

describe('the mark in a lock', () => {
  it.each([
    ['of a node that waits', turnMark()],
    ['of a node that has its turn', workingMark()],
    ['with limits of zones', turnMark({ limits: { oneZoneAtATime: true, maxConcurrentPerZone: 2 } })],
  ])('%s is read as it was written, and replaced by the next one', (_name, mark) => {
    const text = withTurnMark(withTurnMark(LOCK, workingMark({ maxConcurrentPerZone: 9 })), mark);
    expect(readTurnMark(text)).toEqual(mark);
    expect(parseLockHolder(text)).toEqual(parseLockHolder(LOCK));
  });

  it('is removed without a trace', () => {
    expect(withTurnMark(withTurnMark(LOCK, turnMark()), undefined)).toBe(LOCK);
  });

  it.each([
    ['an empty text', ''],
    ['another text', 'mine!'],
    ['a list', '[]'],
    ['no mark', LOCK],
    ['a mark that is no object', JSON.stringify({ turn: 'now' })],
    ['a mark without times', JSON.stringify({ turn: { workingSince: '2026-01-02T00:00:00.000Z' } })],
  ])('%s has none', (_name, text) => {
    expect(readTurnMark(text)).toBeUndefined();
  });

  it('leaves a lock alone that cannot be read', () => {
    expect(withTurnMark('mine!', turnMark())).toBe('mine!');
  });

  it.each([
    ['a limit that is no number', { maxConcurrentPerZone: 'x', oneZoneAtATime: 'yes' }, { oneZoneAtATime: false }],
    ['limits', { maxConcurrentPerZone: 3, oneZoneAtATime: true }, { maxConcurrentPerZone: 3, oneZoneAtATime: true }],
  ])('is read with %s', (_name, limits, expected) => {
    const { limits: _limits, ...times } = turnMark();
    expect(readTurnMark(JSON.stringify({ turn: { ...times, ...limits } }))?.limits).toEqual(expected);
  });

  it.each([
    ['just asked', AT, false],
    ['asked almost five minutes ago', AT + 299_000, false],
    ['asked five minutes ago', AT + 300_000, true],
    ['asked in the future, by a clock that is ahead', AT - 600_000, false],
  ])('of a task that has %s', (_name, now, expected) => {
    expect(isForgotten(turnMark(), now)).toBe(expected);
  });

  it('with a time that cannot be read is forgotten', () => {
    expect(isForgotten(turnMark({ askedAt: 'soon' }), AT)).toBe(true);
  });

  it('the lock of a task that takes turns records that', () => {
    expect(parseLockHolder(toLockText(turnHolder()))).toMatchObject({ holder: { takesTurns: true } });
    expect(LOCK).not.toContain('takesTurns');
  });
});
