import type { AuditEvent } from '../../../stack/control-plane/audit-log.ts';
import { toAcceptedEvictions } from '../../e2e/harness/evictions.ts';

/** What the API server recorded while nodes were drained. */
export interface EvictionFigures {
  readonly evictions: number;
  /** From the first accepted eviction to the last. */
  readonly seconds: number;
  readonly perSecond: number;
  /** The most accepted evictions within ten seconds, per second. */
  readonly bestPerSecond: number;
  /** Of the workers, each watch counted once, divided by the evictions. */
  readonly requestsPerEviction: number;
  /** How many of the workers' requests there were, by verb and resource. */
  readonly requests: Readonly<Record<string, number>>;
}

const WINDOW_MILLISECONDS = 10_000;

/** @param events since the start of the task */
export const measureEvictions = (events: readonly AuditEvent[]): EvictionFigures => {
  const own = events.filter(
    ({ userAgent, verb, stage }) =>
      userAgent?.startsWith('node-decommission/') === true && (verb !== 'watch' || stage === 'ResponseStarted'),
  );
  const times = own
    .filter((event) => toAcceptedEvictions([event]).length > 0)
    .map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp))
    .sort((one, other) => one - other);
  const evictions = times.length;
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  return {
    evictions,
    seconds,
    perSecond: evictions / seconds,
    bestPerSecond: toMostWithin(times, WINDOW_MILLISECONDS) / (WINDOW_MILLISECONDS / 1000),
    requestsPerEviction: own.length / evictions,
    requests: countBy(own.map(({ verb, objectRef }) => toRequestName(verb, objectRef))),
  };
};

const toRequestName = (verb: string, reference: AuditEvent['objectRef']): string => {
  const { resource = 'other', subresource } = reference ?? {};
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
};

/** @param times in order, in milliseconds */
const toMostWithin = (times: readonly number[], milliseconds: number): number => {
  let most = 0;
  let first = 0;
  times.forEach((time, index) => {
    while (time - (times[first] ?? time) > milliseconds) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
};

const countBy = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, one], [, other]) => other - one));
};

export const describeEvictions = (figures: EvictionFigures): string => {
  const { evictions, seconds, perSecond, bestPerSecond, requestsPerEviction, requests } = figures;
  const most = Object.entries(requests)
    .slice(0, 8)
    .map(([name, count]) => `${count} ${name}`);
  return (
    `${evictions} evictions in ${seconds.toFixed(1)} s: ${perSecond.toFixed(1)} per second, at best ${bestPerSecond.toFixed(1)}; ` +
    `${requestsPerEviction.toFixed(2)} requests per eviction (${most.join(', ')})`
  );
};
