import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseRequest } from '../../../../src/domain/request/parse-request.ts';
import { REQUEST_KEYS } from '../../../../src/domain/request/keys.ts';
import { toRequestSchema } from '../../../../src/domain/request/schema/request-schema.ts';

const schema = toRequestSchema();
const validator = z.fromJSONSchema(schema);

const BASIS = {
  version: 1,
  createdAt: '2026-01-01T12:00:00Z',
  kubeSystemUid: 'uid',
  nodes: [{ nodeName: 'a', nodeUid: 'u', leavingPods: { 'Deployment/web': 2 }, touched: ['x'] }],
  budgets: ['shop/web'],
  findings: { BarePod: 1 },
};

const WINDOW = { cron: '0 22 * * MON-FRI', timeZone: 'Europe/Berlin', durationMinutes: 480 };

/** Tried as the value of every key. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 2, 100, 1.5, -2, 31_536_000, 31_536_001, 2_147_483_648, Number.MAX_SAFE_INTEGER],
  ...['', ' ', 'a', 'A', 'true', '1', '0%', '1%', '25%', '100%', '101%', 'a\tb\n', 'a\u0007b', 'a b', 'x'.repeat(101)],
  ...['x'.repeat(201), 'x'.repeat(1001), 'x'.repeat(2001), 'a.b-c', '-a', 'prod:eu@1', 'worker_7'],
  ...[
    'enforce',
    'warn',
    'surge',
    'skip',
    'bestEffort',
    'none',
    'waitForCompletion',
    'zoneByZone',
    'inTurn',
    'stop',
    'Enforce',
  ],
  ...['app=web', 'app in (a, b),!c , tier!=x', 'app in a', '=a', 'app=web,', 'a in (\u0007)', 'a notin ()', 'x.io/a'],
  ...[[], ['a'], ['a', 'a'], ['a', 'b'], ['A'], [1], [null], ['x'.repeat(254)]],
  ...[[{ namespace: 'a', name: 'b' }], [{ namespace: 'a' }], [{ namespace: 'a.b', name: 'b' }]],
  ...[[{ namespace: 'a', name: 'b', kind: 'c' }], [{ namespace: 'a', name: 'b.c' }]],
  ...[[WINDOW], [WINDOW, WINDOW], WINDOW, [{ ...WINDOW, durationMinutes: 0 }], [{ ...WINDOW, cron: '0 22 * *' }]],
  ...[[{ ...WINDOW, extra: 1 }], [{ ...WINDOW, timeZone: '' }], [{ cron: WINDOW.cron }]],
  ...[{}, BASIS, { ...BASIS, version: 2 }, { ...BASIS, extra: 1 }, { ...BASIS, nodes: [{}] }],
];

/** Some keys are valid only with these, which no schema expresses. */
const ONLY_DRAINED = { deleteNode: false, hostCleanup: 'skip' };

const isValid = (request: unknown): boolean => parseRequest(request).kind === 'valid';

describe('the schema of a request', () => {
  it('has every key, and nothing else', () => {
    expect(Object.keys(schema['properties'] as object)).toEqual(REQUEST_KEYS);
  });

  it.each(REQUEST_KEYS)('accepts the same values of %s as the parser', (key) => {
    const differing = VALUES.filter((value) => {
      const request = { nodeNames: ['node-1'], ...ONLY_DRAINED, [key]: value };
      return validator.safeParse(request).success !== isValid(request);
    });
    expect(differing).toEqual([]);
  });

  it.each([
    ['no nodes', {}],
    ['an unknown key', { nodeNames: ['a'], tiemout: 1 }],
    ['a list', []],
    ['a text', 'node-1'],
  ])('refuses %s, as the parser does', (_name, request) => {
    expect([validator.safeParse(request).success, isValid(request)]).toEqual([false, false]);
  });
});
