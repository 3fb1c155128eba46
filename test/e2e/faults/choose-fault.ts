import { createRandom, type Random } from '../agreement/random.ts';
import {
  conflict,
  EVICTION_ANSWERS,
  expired,
  notServed,
  PASSING_ANSWERS,
  rolesNotLoaded,
  type InjectedAnswer,
} from './injected-answer.ts';

/** What happens to one request. Times in milliseconds. */
export type Fault =
  | { readonly kind: 'none' }
  /** `isForwarded`: the server handles the request, and its own answer is withheld. */
  | { readonly kind: 'answer'; readonly name: string; readonly answer: InjectedAnswer; readonly isForwarded: boolean }
  /** The connection is cut. */
  | { readonly kind: 'cut'; readonly isForwarded: boolean }
  /** The client waits until it gives up. */
  | { readonly kind: 'silent'; readonly isForwarded: boolean }
  /** The connection is cut in the middle of the answer. */
  | { readonly kind: 'truncated' }
  | { readonly kind: 'delayed'; readonly before: number; readonly after: number }
  /** The server receives the request twice, one after the other. */
  | { readonly kind: 'duplicated'; readonly answerOf: 'first' | 'second' }
  /** A LIST arrives in small pages. */
  | { readonly kind: 'paged'; readonly pageSize: number }
  | { readonly kind: 'watch'; readonly watch: WatchFault };

/** What happens to a watch that the server has accepted. `afterLines`: how many lines pass first. */
export type WatchFault =
  | { readonly kind: 'cutAfter' | 'endedAfter'; readonly milliseconds: number }
  | { readonly kind: 'cutInLine' | 'expired' | 'failed' | 'unreadable'; readonly afterLines: number }
  /** Nothing passes for a while. */
  | { readonly kind: 'stalled'; readonly afterLines: number; readonly milliseconds: number }
  | { readonly kind: 'linesRepeated' };

export interface FaultyRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
}

/** How it is counted, e.g. `answer 502 badGateway, forwarded` or `answer 429 throttled, with Retry-After`. */
export const toFaultName = (fault: Fault): string => {
  const forwarded = 'isForwarded' in fault && fault.isForwarded ? ', forwarded' : '';
  switch (fault.kind) {
    case 'answer':
      return `answer ${fault.answer.status} ${fault.name}${fault.answer.retryAfter === undefined ? '' : ', with Retry-After'}${forwarded}`;
    case 'watch':
      return `watch ${fault.watch.kind}`;
    case 'duplicated':
      return `duplicated, answer of the ${fault.answerOf}`;
    default:
      return `${fault.kind}${forwarded}`;
  }
};

const NONE: Fault = { kind: 'none' };

/** All answers pass: the right end of each drain stays the removal of its node. */
export const chooseFault = (request: FaultyRequest, random: Random): Fault => {
  if (isWatch(request)) return random.chance(0.7) ? chooseWatchFault(random) : NONE;
  if (isEviction(request)) return random.chance(0.45) ? chooseWriteFault(random, EVICTION_ANSWERS) : NONE;
  if (isWrite(request)) return random.chance(0.3) ? chooseWriteFault(random) : NONE;
  if (isFirstPage(request) && random.chance(0.05)) return { kind: 'paged', pageSize: random.integer(1, 9) };
  return random.chance(toReadChance(request)) ? chooseReadFault(request, random) : NONE;
};

/** A plan needs dozens of reads, and starts over when one of them fails. */
const toReadChance = (request: FaultyRequest): number => {
  if (isReview(request)) return 0.005;
  return isLaterPage(request) ? 0.2 : 0.02;
};

const isWatch = ({ url }: FaultyRequest): boolean => url.includes('watch=true');

const isEviction = ({ url }: FaultyRequest): boolean => url.endsWith('/eviction');

/** Of a right: a read that is sent by POST. */
const isReview = ({ url }: FaultyRequest): boolean => url.includes('accessreviews');

const isWrite = (request: FaultyRequest): boolean => request.method !== 'GET' && !isReview(request);

const isFirstPage = (request: FaultyRequest): boolean => request.url.includes('limit=') && !isLaterPage(request);

const isLaterPage = ({ url }: FaultyRequest): boolean => url.includes('continue=');

/** E.g. `/api/v1/namespaces/a/pods/b`. */
const NAMED_OBJECT = /\/(?:nodes|pods|poddisruptionbudgets|deployments|statefulsets|replicasets)\/[^/?]+$/;

const answerWith = (name: string, answer: InjectedAnswer, isForwarded = false): Fault => ({
  kind: 'answer',
  name,
  answer,
  isForwarded,
});

const choosePassingAnswer = (random: Random): Fault => answerWith(...random.pick(Object.entries(PASSING_ANSWERS)));

/** The request took effect. */
const chooseLostAnswer = (random: Random): Fault => {
  const name = random.pick(['internalError', 'badGateway', 'overloaded', 'timeout', 'loginPage'] as const);
  return answerWith(name, PASSING_ANSWERS[name], true);
};

const chooseWriteFault = (random: Random, more: Readonly<Record<string, InjectedAnswer>> = {}): Fault => {
  const answers = Object.entries({ ...more, conflict, notServed });
  return random.pick<() => Fault>([
    () => choosePassingAnswer(random),
    () => chooseLostAnswer(random),
    () => answerWith(...random.pick(answers)),
    () => answerWith('rolesNotLoaded', rolesNotLoaded),
    () => ({ kind: 'cut', isForwarded: random.chance(0.5) }),
    () => ({ kind: 'silent', isForwarded: random.chance(0.5) }),
    () => ({ kind: 'truncated' }),
    () => chooseDelay(random),
    () => ({ kind: 'duplicated', answerOf: random.pick(['first', 'second']) }),
  ])();
};

const chooseReadFault = (request: FaultyRequest, random: Random): Fault =>
  random.pick<() => Fault>([
    () => (isLaterPage(request) ? answerWith('expiredPage', expired) : choosePassingAnswer(random)),
    () => (NAMED_OBJECT.test(request.url) ? answerWith('notServed', notServed) : choosePassingAnswer(random)),
    () => answerWith('rolesNotLoaded', rolesNotLoaded),
    () => ({ kind: 'cut', isForwarded: false }),
    () => ({ kind: 'silent', isForwarded: true }),
    () => ({ kind: 'truncated' }),
    () => chooseDelay(random),
  ])();

const chooseDelay = (random: Random): Fault => ({
  kind: 'delayed',
  before: random.integer(0, 600),
  after: random.integer(0, 600),
});

const chooseWatchFault = (random: Random): Fault => {
  const afterLines = random.integer(0, 6);
  const milliseconds = random.integer(100, 2500);
  return random.pick<() => Fault>([
    () => choosePassingAnswer(random),
    () => answerWith('expired', expired),
    () => answerWith('rolesNotLoaded', rolesNotLoaded),
    () => ({ kind: 'cut', isForwarded: false }),
    () => toWatchFault({ kind: random.pick(['cutAfter', 'endedAfter']), milliseconds }),
    () => toWatchFault({ kind: random.pick(['cutInLine', 'expired', 'failed', 'unreadable']), afterLines }),
    () => toWatchFault({ kind: 'stalled', afterLines, milliseconds }),
    () => toWatchFault({ kind: 'linesRepeated' }),
  ])();
};

const toWatchFault = (watch: WatchFault): Fault => ({ kind: 'watch', watch });

const POSSIBLE_REQUESTS: readonly FaultyRequest[] = [
  { method: 'GET', url: '/api/v1/nodes/any' },
  { method: 'GET', url: '/api/v1/pods?limit=500' },
  { method: 'GET', url: '/api/v1/pods?limit=500&continue=any' },
  { method: 'GET', url: '/api/v1/pods?watch=true' },
  { method: 'PATCH', url: '/api/v1/nodes/any' },
  { method: 'POST', url: '/api/v1/namespaces/any/pods/any/eviction' },
];
const SAMPLES = 20_000;

/** Names of all faults that can be chosen, sorted. */
export const listFaultNames = (): readonly string[] => {
  const names = POSSIBLE_REQUESTS.flatMap((request) =>
    Array.from({ length: SAMPLES }, (_each, seed) => toFaultName(chooseFault(request, createRandom(seed)))),
  );
  return [...new Set(names)].sort();
};
