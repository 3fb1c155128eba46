import { describe, expect, it } from '@jest/globals';
import type { ApiAnswer } from '../../../src/kube/transport/api-failure.ts';
import { confirmDenial } from '../../../src/kube/transport/confirm-denial.ts';

const toForbidden = (message: string): ApiAnswer => ({
  status: 403,
  body: JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Forbidden', message }),
});
const DENIED = toForbidden('nodes is forbidden: User "x" cannot list resource "nodes" in API group ""');
const NOT_READY: ApiAnswer = { status: 500, body: '' };
const READY: ApiAnswer = { status: 200, body: 'ok' };
const FOUND: ApiAnswer = { status: 200, body: '{}' };

/** The answers in turn; the last one is repeated. */
const inTurn = (answers: readonly ApiAnswer[]) => {
  let count = 0;
  const ask = (): Promise<ApiAnswer> => {
    count += 1;
    return Promise.resolve(answers[Math.min(count, answers.length) - 1]!);
  };
  return { ask, readCount: () => count };
};

describe('confirmDenial', () => {
  it.each([
    ['accepts a denial of a server that is ready, after one repetition', DENIED, [DENIED], [READY], DENIED, 1],
    ['returns the response of a server that has become ready', DENIED, [FOUND], [READY], FOUND, 1],
    ['repeats while the server is not ready', DENIED, [DENIED, FOUND], [NOT_READY], FOUND, 2],
    ['repeats while the server denies its readiness check too', DENIED, [DENIED, DENIED, FOUND], [DENIED], FOUND, 3],
    ['accepts the denial when readiness stays denied', DENIED, [DENIED], [DENIED], DENIED, 10],
    ['returns every other response unchanged', FOUND, [DENIED], [READY], FOUND, 0],
    [
      'returns a denial of admission unchanged',
      toForbidden('quota exceeded'),
      [FOUND],
      [READY],
      toForbidden('quota exceeded'),
      0,
    ],
  ] as const)('%s', async (_name, first, later, readiness, expected, repeatCount) => {
    const repeats = inTurn(later);

    const answer = await confirmDenial(first, { repeat: repeats.ask, readReadiness: inTurn(readiness).ask }, 0);

    expect(answer).toEqual(expected);
    expect(repeats.readCount()).toBe(repeatCount);
  });
});
