import type { EvictionAnswer } from '../../ports/cluster.ts';
import type { AnswerCertainty, EvictionEntry } from './eviction-entry.ts';
import { findAdmissionName, type StuckPod } from '../../domain/eviction/stuck-pod.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';

export interface AnsweredCall {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `namespace/name` of the budget that was judged to allow the eviction; undefined when no budget covers the pod. */
  readonly budgetKey: string | undefined;
  /** The budget changed during the call, so a refusal may already be out of date. */
  readonly hasBudgetChanged: boolean;
}

/**
 * Records the API server's response to an eviction in the entry: the next state, the wait before the next call, or the failure.
 * Returns `gone` when no pod with that UID exists, `refused` when retrying cannot succeed, else `pending`.
 */
export const digestAnswer = (
  entry: EvictionEntry,
  answer: EvictionAnswer,
  { now, budgetKey, hasBudgetChanged }: AnsweredCall,
): 'pending' | 'gone' | 'refused' => {
  entry.noteAnswer(toCertainty(answer.kind));
  switch (answer.kind) {
    case 'accepted':
      entry.report({
        state: 'Terminating',
        message: 'eviction accepted; waiting for the pod to terminate',
        acceptedAt: new Date(now).toISOString(),
      });
      return 'pending';
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
        ...(budgetKey === undefined ? {} : { budget: budgetKey, stuck: { cause: 'budget', subject: budgetKey } }),
      });
      return 'pending';
    default:
      waitAfter(entry, answer, now);
      return 'pending';
  }
};

/** What a response proves about this call and about earlier calls without one. The server checks no budget for a terminating pod. */
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
  // A change or deletion of any of the budgets may end the wait.
  entry.backOff(now, retryAfterSeconds, answer.kind === 'multipleBudgets' ? {} : undefined);
  const message = `${describeAnswer(answer.kind)}: ${answer.message}; retrying`;
  const stuck = toStuck(answer, entry.request.pod.namespace);
  entry.report({ state: 'Refused', message, ...(stuck === undefined ? {} : { stuck }) });
};

/** Two budgets are named once the watch shows them. */
const toStuck = ({ kind, message }: PassingAnswer, namespace: string): StuckPod | undefined => {
  const admission = findAdmissionName(message);
  switch (kind) {
    case 'denied':
      return { cause: 'webhook', subject: admission ?? '' };
    case 'serverError':
      return admission === undefined ? undefined : { cause: 'webhook', subject: admission };
    case 'namespaceTerminating':
      return { cause: 'namespace', subject: namespace };
    default:
      return undefined;
  }
};

const describeAnswer = (kind: PassingAnswer['kind']): string =>
  ({
    multipleBudgets: 'more than one budget covers the pod, which the Eviction API does not support',
    throttled: 'the API server is throttling',
    namespaceTerminating: 'the namespace is being deleted',
    denied: 'an admission webhook denied the request',
    serverError: 'the API server returned an error',
    unauthorized: 'the API server rejected the credentials',
    unknown: 'no response; the eviction may have taken effect',
  })[kind];

/**
 * Records in the entry why an eviction was not sent: the wait before the next try, or the failure.
 * `now`: milliseconds since the epoch. Returns `refused` when retrying cannot succeed, else `pending`.
 */
export const digestFailure = (entry: EvictionEntry, error: unknown, now: number): 'pending' | 'refused' => {
  if (isClusterFailure(error) && error.retryable) {
    entry.backOff(now, error.retryAfterSeconds);
    entry.report({ state: 'Queued', message: `a read before the eviction failed: ${error.message}` });
    return 'pending';
  }
  // The refusal of a single replica, a missing right, or a defect: the pod's activity fails with it.
  entry.fail(error);
  return 'refused';
};
