import { Cron } from 'croner';
import type { TimeWindow } from '../request/decommission-request.ts';
import { toDate } from './moment.ts';

const MINUTE_MILLISECONDS = 60_000;
/** Windows that overlap for longer than this are judged again then. */
const HORIZON_MILLISECONDS = 7 * 24 * 60 * MINUTE_MILLISECONDS;
/** Of schedules: each takes up to half a millisecond, in which the process does nothing else. */
const MAX_READS = 200;

/** Milliseconds since the epoch. */
export interface WindowState {
  readonly isOpen: boolean;
  /** When it closes or opens, or has to be judged again; absent: unknown yet, or it never opens again. */
  readonly changesAt?: number;
}

/**
 * Whether one of the windows is open at a moment, and when that changes. A window opens when its schedule fires in its time zone: a fixed time
 * that the change to daylight saving time skips fires when the skipped time is over, one that exists twice fires the first time; schedules with `*` or `/` in
 * their hour leave out the one and repeat the other. It stays open for its duration, without its last moment; windows that overlap
 * or follow each other are one. Pure.
 * @param at milliseconds since the epoch
 */
export const judgeWindows = (windows: readonly TimeWindow[], at: number): WindowState => {
  const all = windows.map((window) => ({ cron: toCron(window), length: window.durationMinutes * MINUTE_MILLISECONDS }));
  let closesAt = at;
  for (let reads = 0; ; reads += all.length) {
    const ends = all.flatMap((window) => findEnd(window, closesAt) ?? []);
    const next = Math.max(closesAt, ...ends);
    if (next === closesAt || next >= at + HORIZON_MILLISECONDS || reads >= MAX_READS) {
      closesAt = Math.min(next, at + HORIZON_MILLISECONDS);
      break;
    }
    closesAt = next;
  }
  if (closesAt > at) return { isOpen: true, changesAt: closesAt };
  const starts = all.flatMap(({ cron }) => cron.nextRun(toDate(at))?.getTime() ?? []);
  return { isOpen: false, ...(starts.length === 0 ? {} : { changesAt: Math.min(...starts) }) };
};

/** In 5 fields. Reads no clock: it is only asked about given moments. */
const toCron = ({ cron, timeZone }: Pick<TimeWindow, 'cron' | 'timeZone'>): Cron =>
  new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true });

/** Schedules fire at whole minutes. Undefined: the window is not open at that moment. */
const findEnd = (
  { cron, length }: { readonly cron: Cron; readonly length: number },
  at: number,
): number | undefined => {
  const nextMinute = (Math.floor(at / MINUTE_MILLISECONDS) + 1) * MINUTE_MILLISECONDS;
  const start = cron.previousRuns(1, toDate(nextMinute))[0]?.getTime();
  return start !== undefined && start + length > at ? start + length : undefined;
};

/** Why a schedule cannot be used, without a full stop; undefined: it can. Pure. */
export const findScheduleFault = ({ cron, timeZone }: Pick<TimeWindow, 'cron' | 'timeZone'>): string | undefined => {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    return 'has an unknown `timeZone`; write an IANA name, for example "Europe/Berlin" or "UTC"';
  }
  try {
    if (toCron({ cron, timeZone }).nextRun(toDate(0)) === null) return 'has a `cron` of a date that never comes';
    return undefined;
  } catch {
    return 'has a `cron` that cannot be read; write 5 fields: minute, hour, day of month, month, day of week, for example "0 22 * * MON-FRI"';
  }
};
