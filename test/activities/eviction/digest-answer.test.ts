import { describe, expect, it } from '@jest/globals';
import { digestAnswer, type AnsweredCall } from '../../../src/activities/eviction/digest-answer.ts';
import { EvictionEntry } from '../../../src/activities/eviction/eviction-entry.ts';
import type { EvictionProgress } from '../../../src/domain/run/status.ts';
import type { EvictionAnswer } from '../../../src/ports/cluster.ts';
import { evictionRequest } from '../../builders/eviction-request.ts';
import { pod } from '../../builders/pod.ts';

const NOW = Date.parse('2026-01-02T00:00:00.000Z');
const message = 'says the server';
const call = { now: NOW, budgetKey: 'default/web-pdb', hasBudgetChanged: false };

const digest = (answer: EvictionAnswer, answered: AnsweredCall = call): { entry: EvictionEntry; end: string } => {
  const entry = new EvictionEntry(evictionRequest(pod()));
  return { entry, end: digestAnswer(entry, answer, answered) };
};

describe('digestAnswer', () => {
  const goingOn: [answer: EvictionAnswer, state: EvictionProgress['state'], text: string, waitMilliseconds: number][] =
    [
      [{ kind: 'blockedByBudget', message }, 'BlockedByBudget', message, 500],
      [{ kind: 'blockedByBudget', message, retryAfterSeconds: 10 }, 'BlockedByBudget', message, 10_000],
      [{ kind: 'multipleBudgets', message }, 'Refused', 'more than one budget covers the pod', 500],
      [{ kind: 'throttled', message, retryAfterSeconds: 3 }, 'Refused', 'the API server is throttling', 3000],
      [{ kind: 'namespaceTerminating', message }, 'Refused', 'the namespace is being deleted', 500],
      [{ kind: 'denied', message }, 'Refused', 'an admission webhook says no', 500],
      [{ kind: 'serverError', message, retryAfterSeconds: 2 }, 'Refused', 'the API server failed', 2000],
      [{ kind: 'unauthorized', message }, 'Refused', 'the API server does not accept the credentials', 500],
      [{ kind: 'unknown', message }, 'Refused', 'no answer, so it may have been carried out', 500],
    ];
  it.each(goingOn)('%j is tried again after its wait', (answer, state, text, waitMilliseconds) => {
    const { entry, end } = digest(answer);
    expect(end).toBe('goesOn');
    expect(entry.progress.state).toBe(state);
    expect(entry.progress.message).toContain(text);
    expect(entry.progress.message).toContain(message);
    expect(entry.canBeSent(NOW + waitMilliseconds - 1)).toBe(false);
    expect(entry.canBeSent(NOW + waitMilliseconds)).toBe(true);
  });

  it('accepted is never sent again and has its time', () => {
    const { entry, end } = digest({ kind: 'accepted' });
    expect(end).toBe('goesOn');
    expect(entry.progress).toMatchObject({ state: 'Terminating', acceptedAt: '2026-01-02T00:00:00.000Z' });
    expect(entry.canBeSent(NOW + 1e9)).toBe(false);
  });

  it.each(['gone', 'otherUid'] as const)('%s: nothing of that UID is there', (kind) => {
    expect(digest({ kind }).end).toBe('gone');
  });

  it.each(['forbidden', 'invalid'] as const)('%s fails for good, with the words of the server', async (kind) => {
    const { entry, end } = digest({ kind, message });
    expect(end).toBe('refused');
    await expect(entry.done).rejects.toMatchObject({
      type: 'EvictionRefused',
      retryable: false,
      message: `the API server refuses to evict pod default/web-1-a: ${message}. Waiting will not change that; \`node-decommission doctor\` names missing rights.`,
    });
  });

  it('the budget that blocks is named', () => {
    const unasked = { ...call, budgetKey: undefined };
    expect(digest({ kind: 'blockedByBudget', message }).entry.progress.budget).toBe('default/web-pdb');
    expect(digest({ kind: 'blockedByBudget', message }, unasked).entry.progress.budget).toBeUndefined();
  });

  it('a refusal of a budget that has changed since is tried again at once', () => {
    const changed = { ...call, hasBudgetChanged: true };
    const { entry } = digest({ kind: 'blockedByBudget', message, retryAfterSeconds: 10 }, changed);
    expect(entry.canBeSent(NOW)).toBe(true);
  });
});
