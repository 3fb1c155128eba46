import { describe, expect, it } from '@jest/globals';
import { digestAnswer, type AnsweredCall } from '../../../src/activities/eviction/digest-answer.ts';
import { EvictionEntry } from '../../../src/activities/eviction/eviction-entry.ts';
import type { EvictionProgress } from '../../../src/domain/run/status.ts';
import type { EvictionAnswer } from '../../../src/ports/cluster.ts';
import { evictionRequest } from '../../builders/eviction-request.ts';
import { pod } from '../../builders/pod.ts';

const NOW = Date.parse('2026-01-02T00:00:00.000Z');
const message = 'server message';
const call = { now: NOW, budgetKey: 'default/web-pdb', hasBudgetChanged: false };

const digest = (answer: EvictionAnswer, answered: AnsweredCall = call): { entry: EvictionEntry; end: string } => {
  const entry = new EvictionEntry(evictionRequest(pod()));
  return { entry, end: digestAnswer(entry, answer, answered) };
};

describe('digestAnswer', () => {
  const retried: [answer: EvictionAnswer, state: EvictionProgress['state'], text: string, waitMilliseconds: number][] =
    [
      [{ kind: 'blockedByBudget', message }, 'BlockedByBudget', message, 500],
      [{ kind: 'blockedByBudget', message, retryAfterSeconds: 10 }, 'BlockedByBudget', message, 10_000],
      [{ kind: 'multipleBudgets', message }, 'Refused', 'more than one budget covers the pod', 500],
      [{ kind: 'throttled', message, retryAfterSeconds: 3 }, 'Refused', 'the API server is throttling', 3000],
      [{ kind: 'namespaceTerminating', message }, 'Refused', 'the namespace is being deleted', 500],
      [{ kind: 'denied', message }, 'Refused', 'an admission webhook denied the request', 500],
      [{ kind: 'serverError', message, retryAfterSeconds: 2 }, 'Refused', 'the API server returned an error', 2000],
      [{ kind: 'unauthorized', message }, 'Refused', 'the API server rejected the credentials', 500],
      [{ kind: 'unknown', message }, 'Refused', 'no response; the eviction may have taken effect', 500],
    ];
  it.each(retried)('%j is retried after its wait', (answer, state, text, waitMilliseconds) => {
    const { entry, end } = digest(answer);
    expect(end).toBe('pending');
    expect(entry.progress.state).toBe(state);
    expect(entry.progress.message).toContain(text);
    expect(entry.progress.message).toContain(message);
    expect(entry.canBeSent(NOW + waitMilliseconds - 1)).toBe(false);
    expect(entry.canBeSent(NOW + waitMilliseconds)).toBe(true);
  });

  it('accepted is never sent again and records its time', () => {
    const { entry, end } = digest({ kind: 'accepted' });
    expect(end).toBe('pending');
    expect(entry.progress).toMatchObject({ state: 'Terminating', acceptedAt: '2026-01-02T00:00:00.000Z' });
    expect(entry.canBeSent(NOW + 1e9)).toBe(false);
  });

  it.each(['gone', 'otherUid'] as const)('%s: no pod with that UID exists', (kind) => {
    expect(digest({ kind }).end).toBe('gone');
  });

  it.each(['forbidden', 'invalid'] as const)('%s fails finally, with the message of the server', async (kind) => {
    const { entry, end } = digest({ kind, message });
    expect(end).toBe('refused');
    await expect(entry.done).rejects.toMatchObject({
      type: 'EvictionRefused',
      retryable: false,
      message: `the API server refuses to evict pod default/web-1-a: ${message}. Retrying does not help. Run \`node-decommission doctor\` to list missing rights.`,
    });
  });

  it('names the blocking budget', () => {
    const unasked = { ...call, budgetKey: undefined };
    expect(digest({ kind: 'blockedByBudget', message }).entry.progress.budget).toBe('default/web-pdb');
    expect(digest({ kind: 'blockedByBudget', message }, unasked).entry.progress.budget).toBeUndefined();
  });

  it.each([
    [
      { kind: 'denied', message: 'admission webhook "x.io" denied the request: no' },
      { cause: 'webhook', subject: 'x.io' },
    ],
    [
      { kind: 'serverError', message: 'failed calling webhook "x.io": EOF' },
      { cause: 'webhook', subject: 'x.io' },
    ],
    [{ kind: 'serverError', message: 'etcd has no leader' }, undefined],
    [
      { kind: 'namespaceTerminating', message },
      { cause: 'namespace', subject: 'default' },
    ],
    [
      { kind: 'blockedByBudget', message },
      { cause: 'budget', subject: 'default/web-pdb' },
    ],
  ] as [EvictionAnswer, EvictionProgress['stuck']][])('classifies what keeps the pod after %j', (answer, stuck) => {
    expect(digest(answer).entry.progress.stuck).toEqual(stuck);
  });

  it('a refusal of a budget that has changed since is retried at once', () => {
    const changed = { ...call, hasBudgetChanged: true };
    const { entry } = digest({ kind: 'blockedByBudget', message, retryAfterSeconds: 10 }, changed);
    expect(entry.canBeSent(NOW)).toBe(true);
  });
});
