import type { EvictionAnswer } from '../../ports/cluster.ts';
import type { AnswerCertainty, EvictionEntry } from './eviction-entry.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';

export interface AnsweredCall {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `namespace/name` of the budget that was judged to allow the eviction; undefined when none was asked. */
  readonly budgetKey: string | undefined;
  /** The budget did while the call was under way, so a refusal may be out of date already. */
  readonly hasBudgetChanged: boolean;
}

/**
 * Writes what the API server said to an eviction into the entry: the next state, the wait before the next call, or the failure.
 * Gives `gone` when nothing of that UID is there any more, `refused` when no further call makes sense.
 */
export const digestAnswer = (
  entry: EvictionEntry,
  answer: EvictionAnswer,
  { now, budgetKey, hasBudgetChanged }: AnsweredCall,
): 'goesOn' | 'gone' | 'refused' => {
  entry.noteAnswer(toCertainty(answer.kind));
  switch (answer.kind) {
    case 'accepted':
      entry.report({
        state: 'Terminating',
        message: 'eviction accepted; the pod has its grace period',
        acceptedAt: new Date(now).toISOString(),
      });
      return 'goesOn';
    case 'gone':
    case 'otherUid':
      return 'gone';
    case 'forbidden':
    case 'invalid':
      entry.failRefused(answer.message);
      return 'refused';
    case 'blockedByBudget':
      entry.backOff(now, answer.retryAfterSeconds, budgetKey === undefined ? {} : { name: budgetKey });
      if (hasBudgetChanged) entry.wake();
      entry.report({
        state: 'BlockedByBudget',
        message: answer.message,
        ...(budgetKey === undefined ? {} : { budget: budgetKey }),
      });
      return 'goesOn';
    default:
      waitAfter(entry, answer, now);
      return 'goesOn';
  }
};

/** What an answer says of this call and of earlier ones without an answer. Budgets are not asked about a pod that ends already. */
const toCertainty = (kind: EvictionAnswer['kind']): AnswerCertainty => {
  if (kind === 'unknown' || kind === 'serverError') return 'nothing';
  return ['accepted', 'blockedByBudget', 'multipleBudgets'].includes(kind) ? 'noneBefore' : 'notThisOne';
};

type PassingAnswer = Exclude<
  EvictionAnswer,
  { readonly kind: 'accepted' | 'gone' | 'otherUid' | 'forbidden' | 'invalid' | 'blockedByBudget' }
>;

const waitAfter = (entry: EvictionEntry, answer: PassingAnswer, now: number): void => {
  const retryAfterSeconds = 'retryAfterSeconds' in answer ? answer.retryAfterSeconds : undefined;
  // Whichever of the budgets goes or changes may end it.
  entry.backOff(now, retryAfterSeconds, answer.kind === 'multipleBudgets' ? {} : undefined);
  entry.report({ state: 'Refused', message: `${describeAnswer(answer.kind)}: ${answer.message}; it is tried again` });
};

const describeAnswer = (kind: PassingAnswer['kind']): string =>
  ({
    multipleBudgets: 'more than one budget covers the pod, which the Eviction API refuses',
    throttled: 'the API server is throttling',
    namespaceTerminating: 'the namespace is being deleted',
    denied: 'an admission webhook says no',
    serverError: 'the API server failed',
    unauthorized: 'the API server does not accept the credentials',
    unknown: 'no answer, so it may have been carried out',
  })[kind];

/**
 * Writes what kept an eviction from being sent into the entry: the wait before the next try, or the failure.
 * `now`: milliseconds since the epoch. Gives `refused` when no further try makes sense.
 */
export const digestFailure = (entry: EvictionEntry, error: unknown, now: number): 'goesOn' | 'refused' => {
  if (isClusterFailure(error) && error.retryable) {
    entry.backOff(now, error.retryAfterSeconds);
    entry.report({ state: 'Queued', message: `not known how many replicas its workload wants: ${error.message}` });
    return 'goesOn';
  }
  // The refusal of a single replica, a missing right, or a defect: whoever waits for the pod gets it.
  entry.fail(error);
  return 'refused';
};
