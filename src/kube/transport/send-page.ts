import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterFailure } from '../../ports/cluster-failure.ts';
import type { ApiAnswer } from './api-failure.ts';
import { getAmbientSignal } from './request-signal.ts';

/** How often a page of a LIST is requested, and for how long. */
export interface PageRetries {
  /** Of a first page: nothing is lost yet, and the caller may retry the whole list. At least 1. */
  readonly firstPageTries: number;
  /** Of a later page: without it, all earlier ones would be requested again. At least 1. */
  readonly laterPageTries: number;
  readonly firstPauseSeconds: number;
  readonly longestPauseSeconds: number;
  /** No try begins later than this after the first one. */
  readonly patienceSeconds: number;
}

/** A later page is awaited for about as long as an API server takes to restart. */
export const PAGE_RETRIES: PageRetries = {
  firstPageTries: 3,
  laterPageTries: 8,
  firstPauseSeconds: 0.25,
  longestPauseSeconds: 4,
  patienceSeconds: 60,
};

/** A response, or the failure that there is none: each with its status (0: none) and the pause that the server requests. */
type Outcome = ApiAnswer | ClusterFailure;

/**
 * Requests one page until there is a response that another try would not change: no response, 429 and 5xx are temporary. The pauses between
 * the tries double, are jittered, and are as long as the server requests. Returns the last response, whatever its status.
 *
 * @throws ClusterFailure `Unreachable`, retryable: there was no response to the last try, or the ambient signal has aborted.
 */
export const sendPage = async (
  send: () => Promise<ApiAnswer>,
  tries: number,
  retries: PageRetries,
): Promise<ApiAnswer> => {
  const lastStart = performance.now() + retries.patienceSeconds * 1000;
  let outcome = await toOutcome(send);
  for (let tried = 1; tried < tries && isTemporary(outcome); tried += 1) {
    const pause = toPauseSeconds(tried, outcome, retries) * 1000;
    if (performance.now() + pause > lastStart || !(await hasPaused(pause))) break;
    outcome = await toOutcome(send);
  }
  if (outcome instanceof ClusterFailure) throw outcome;
  return outcome;
};

const toOutcome = async (send: () => Promise<ApiAnswer>): Promise<Outcome> => {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ClusterFailure) return error;
    throw error;
  }
};

const isTemporary = ({ status }: Outcome): boolean => status === 0 || status === 429 || status >= 500;

const toPauseSeconds = (tried: number, { retryAfterSeconds = 0 }: Outcome, retries: PageRetries): number => {
  const grown = Math.min(retries.longestPauseSeconds, retries.firstPauseSeconds * 2 ** (tried - 1));
  return Math.max(grown * (0.5 + Math.random() / 2), retryAfterSeconds);
};

/** False: the ambient signal has aborted. */
const hasPaused = async (milliseconds: number): Promise<boolean> => {
  const signal = getAmbientSignal();
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch {
    return false;
  }
};
