import { setTimeout as sleep } from 'node:timers/promises';
import { isMissingRight } from './api-failure.ts';
import type { ApiAnswer } from './api-failure.ts';
import { toStatus } from './wire.ts';

const MAX_REPEATS = 10;
const PAUSE_MILLISECONDS = 1000;

/** How to ask once more. */
export interface Repetition {
  readonly repeat: () => Promise<ApiAnswer>;
  /** The answer of the server's readiness check. */
  readonly readReadiness: () => Promise<ApiAnswer>;
}

/**
 * The answer, asked for again while it is a denial that cannot be relied on. An API server that has just been started knows no
 * roles yet and denies everybody everything, its readiness check included; a denial counts once the server calls itself ready, or after
 * 10 s, since a cluster may keep that check to itself. To repeat is safe: what was denied was not carried out.
 * Throws what asking throws.
 */
export const confirmDenial = async (
  answer: ApiAnswer,
  { repeat, readReadiness }: Repetition,
  pauseMilliseconds = PAUSE_MILLISECONDS,
): Promise<ApiAnswer> => {
  let latest = answer;
  let isBelieved = false;
  for (let turn = 0; isDenial(latest) && !isBelieved && turn < MAX_REPEATS; turn += 1) {
    isBelieved = isReady(await readReadiness());
    if (!isBelieved) await sleep(pauseMilliseconds);
    latest = await repeat();
  }
  return latest;
};

const isDenial = ({ status, body }: ApiAnswer): boolean => status === 403 && isMissingRight(toStatus(body));

const isReady = ({ status }: ApiAnswer): boolean => status !== 403 && status < 500;
