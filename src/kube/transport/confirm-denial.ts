import { setTimeout as sleep } from 'node:timers/promises';
import { isMissingRight } from './api-failure.ts';
import type { ApiAnswer } from './api-failure.ts';
import { toStatus } from './wire.ts';

const MAX_REPEATS = 10;
const PAUSE_MILLISECONDS = 1000;

/** How to repeat the request. */
export interface Repetition {
  readonly repeat: () => Promise<ApiAnswer>;
  /** The response of the server's readiness check. */
  readonly readReadiness: () => Promise<ApiAnswer>;
}

/**
 * The response; a denial is requested again while it is unreliable. An API server that has just started has no roles yet and denies every
 * request, its readiness check included. A denial counts once the server reports that it is ready, or after 10 s, because a cluster may
 * restrict that check. Repeating is safe: a denied request had no effect.
 *
 * @throws ClusterFailure of any reason: `repeat` or `readReadiness` failed.
 */
export const confirmDenial = async (
  answer: ApiAnswer,
  { repeat, readReadiness }: Repetition,
  pauseMilliseconds = PAUSE_MILLISECONDS,
): Promise<ApiAnswer> => {
  let latest = answer;
  let isReliable = false;
  for (let turn = 0; isDenial(latest) && !isReliable && turn < MAX_REPEATS; turn += 1) {
    isReliable = isReady(await readReadiness());
    if (!isReliable) await sleep(pauseMilliseconds);
    latest = await repeat();
  }
  return latest;
};

const isDenial = ({ status, body }: ApiAnswer): boolean => status === 403 && isMissingRight(toStatus(body));

const isReady = ({ status }: ApiAnswer): boolean => status !== 403 && status < 500;
