import { parseJsonObject, type JsonObject } from '../text/json-text.ts';
import type { FleetLimits } from './fleet-limits.ts';

/** Limits of a task that count nodes of other tasks, too. */
export type ZoneLimits = Pick<FleetLimits, 'maxConcurrentPerZone' | 'oneZoneAtATime'>;

/** What a task that takes turns records in its lock of a node. It is removed with the lock, or with the Node. Times are RFC 3339. */
export interface TurnMark {
  /** Its place among the nodes that wait, also after it has its turn: it may have to wait again. */
  readonly waitingSince: string;
  /** When its task last asked. */
  readonly askedAt: string;
  /** Absent: it waits for its turn. */
  readonly workingSince?: string;
  readonly limits: ZoneLimits;
}

/** A task whose mark is older than this does not ask any more, e.g. because it is paused: no one waits for it. */
const FORGOTTEN_MILLISECONDS = 5 * 60_000;
const KEY = 'turn';

/** Reads the mark in the text of a lock annotation; undefined: it has none that can be read. Never throws. */
export const readTurnMark = (lockText: string): TurnMark | undefined => {
  const source = parseJsonObject(JSON.stringify(parseJsonObject(lockText)?.[KEY] ?? null));
  if (source === undefined) return undefined;
  const { waitingSince, askedAt, workingSince } = source;
  if (typeof waitingSince !== 'string' || typeof askedAt !== 'string') return undefined;
  return {
    waitingSince,
    askedAt,
    ...(typeof workingSince === 'string' ? { workingSince } : {}),
    limits: readLimits(source),
  };
};

const readLimits = ({ maxConcurrentPerZone, oneZoneAtATime }: JsonObject): ZoneLimits => ({
  oneZoneAtATime: oneZoneAtATime === true,
  ...(Number.isInteger(maxConcurrentPerZone) ? { maxConcurrentPerZone: Number(maxConcurrentPerZone) } : {}),
});

/** The text of the same lock with this mark; undefined: with none. A lock that cannot be read is returned as it is. Pure. */
export const withTurnMark = (lockText: string, mark: TurnMark | undefined): string => {
  const lock = parseJsonObject(lockText);
  if (lock === undefined) return lockText;
  const { [KEY]: _earlier, ...holder } = lock;
  if (mark === undefined) return JSON.stringify(holder);
  const { limits, ...times } = mark;
  return JSON.stringify({ ...holder, [KEY]: { ...times, ...limits } });
};

/** Whether the task of a node that waits has not asked for so long that its place is free. `now`: milliseconds since the epoch. Pure. */
export const isForgotten = ({ askedAt }: TurnMark, now: number): boolean =>
  // oxlint-disable-next-line no-restricted-globals -- converts a given moment; reads no clock
  !(now - Date.parse(askedAt) < FORGOTTEN_MILLISECONDS);
