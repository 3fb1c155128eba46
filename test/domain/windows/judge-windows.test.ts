import { describe, expect, it } from '@jest/globals';
import type { TimeWindow } from '../../../src/domain/request/decommission-request.ts';
import { findScheduleFault, judgeWindows } from '../../../src/domain/windows/judge-windows.ts';

const BERLIN = 'Europe/Berlin';

const window = (cron: string, hours: number, timeZone = BERLIN): TimeWindow => ({
  cron,
  timeZone,
  durationMinutes: hours * 60,
});

const NIGHT = window('0 22 * * MON-FRI', 6);

const judge = (windows: readonly TimeWindow[], at: string): readonly [boolean, string | undefined] => {
  const { isOpen, changesAt } = judgeWindows(windows, Date.parse(at));
  return [isOpen, changesAt === undefined ? undefined : new Date(changesAt).toISOString()];
};

// 2026-01-05 is a Monday; Berlin is one hour ahead of UTC in winter and two in summer.
describe('judgeWindows', () => {
  it.each<[string, readonly TimeWindow[], string, boolean, string]>([
    ['before its first moment', [NIGHT], '2026-01-05T20:59:59.999Z', false, '2026-01-05T21:00:00.000Z'],
    ['at its first moment', [NIGHT], '2026-01-05T21:00:00.000Z', true, '2026-01-06T03:00:00.000Z'],
    ['in its last millisecond, past midnight', [NIGHT], '2026-01-06T02:59:59.999Z', true, '2026-01-06T03:00:00.000Z'],
    ['when its duration is over', [NIGHT], '2026-01-06T03:00:00.000Z', false, '2026-01-06T21:00:00.000Z'],
    ['over a weekend', [NIGHT], '2026-01-10T12:00:00.000Z', false, '2026-01-12T21:00:00.000Z'],
    ['in summer', [NIGHT], '2026-07-06T20:00:00.000Z', true, '2026-07-07T02:00:00.000Z'],
    [
      'in another time zone',
      [window('0 22 * * *', 1, 'Asia/Kolkata')],
      '2026-01-05T16:30:00.000Z',
      true,
      '2026-01-05T17:30:00.000Z',
    ],
    [
      'at a time that the change to summer time skips: when the skipped time is over',
      [window('30 2 * * *', 1)],
      '2026-03-29T00:59:00.000Z',
      false,
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'at a time that exists twice: the first one',
      [window('30 2 * * *', 0.25)],
      '2026-10-25T01:30:00.000Z',
      false,
      '2026-10-26T01:30:00.000Z',
    ],
    [
      'across the change to winter time: for its whole duration',
      [window('0 1 * * *', 3)],
      '2026-10-25T00:00:00.000Z',
      true,
      '2026-10-25T02:00:00.000Z',
    ],
    [
      'of two that overlap: until the last one closes',
      [NIGHT, window('0 2 * * *', 4)],
      '2026-01-05T22:00:00.000Z',
      true,
      '2026-01-06T05:00:00.000Z',
    ],
    [
      'of two that follow each other: as one',
      [NIGHT, window('0 4 * * *', 1)],
      '2026-01-05T22:00:00.000Z',
      true,
      '2026-01-06T04:00:00.000Z',
    ],
    [
      'of two that are closed: the next one',
      [NIGHT, window('0 12 * * SUN', 1)],
      '2026-01-10T12:00:00.000Z',
      false,
      '2026-01-11T11:00:00.000Z',
    ],
    [
      'that is always open: is judged again in a week',
      [window('0 * * * *', 2)],
      '2026-01-05T00:30:00.000Z',
      true,
      '2026-01-12T00:30:00.000Z',
    ],
    [
      'at each even hour, which the change to summer time skips once',
      [window('0 */2 * * *', 1)],
      '2026-03-29T00:30:00.000Z',
      false,
      '2026-03-29T02:00:00.000Z',
    ],
    [
      'that follows itself each minute: is judged again after 200 of them',
      [{ cron: '* * * * *', timeZone: BERLIN, durationMinutes: 1 }],
      '2026-01-05T00:00:00.000Z',
      true,
      '2026-01-05T03:21:00.000Z',
    ],
  ])('a window %s', (_name, windows, at, isOpen, changesAt) => {
    expect(judge(windows, at)).toEqual([isOpen, changesAt]);
  });
});

describe('findScheduleFault', () => {
  it.each([
    ['a schedule', '0 22 * * MON-FRI', BERLIN, undefined],
    ['February 29', '0 0 29 2 *', 'UTC', undefined],
    ['February 31', '0 0 31 2 *', 'UTC', 'has a `cron` of a date that never comes'],
    ['minute 99', '99 * * * *', 'UTC', expect.stringContaining('cannot be read')],
    ['a range that runs backwards', '0 0 * * FRI-MON', 'UTC', expect.stringContaining('cannot be read')],
    ['a field for seconds', '0 0 22 * * *', 'UTC', expect.stringContaining('write 5 fields')],
    ['a place without a time zone', '0 22 * * *', 'Mars/Olympus', expect.stringContaining('unknown `timeZone`')],
  ])('of %s', (_name, cron, timeZone, expected) => {
    expect(findScheduleFault({ cron, timeZone })).toEqual(expected);
  });
});
