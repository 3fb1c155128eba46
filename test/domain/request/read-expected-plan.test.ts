import { describe, expect, it } from '@jest/globals';
import { readExpectedPlan } from '../../../src/domain/request/read-expected-plan.ts';

const VALID = {
  version: 1,
  createdAt: '2026-01-01T00:00:00Z',
  kubeSystemUid: 'uid',
  nodes: [{ nodeName: 'node-1', nodeUid: 'uid-1', leavingPods: { 'default Deployment/web': 2 }, touched: ['unit a'] }],
  budgets: [],
  findings: {},
};

describe('readExpectedPlan', () => {
  it('accepts what `plan --out` writes', () => {
    expect(readExpectedPlan(VALID)).toEqual({ ok: true, value: VALID });
  });

  it.each([
    ['a text', 'plan.json', 'must be an object'],
    ['a whole file', { plan: {}, version: 2 }, 'must have version 1'],
    ['no nodes', { ...VALID, nodes: undefined }, 'is incomplete'],
    ['a node without a UID', { ...VALID, nodes: [{ nodeName: 'node-1', leavingPods: {} }] }, 'is incomplete'],
    ['a count that is no number', { ...VALID, findings: { 'BarePod of a': 'b' } }, 'is incomplete'],
    ['a time that is none', { ...VALID, createdAt: 'yesterday' }, 'is incomplete'],
    ['too much', { ...VALID, budgets: ['x'.repeat(200_001)] }, 'must have at most 200000 characters'],
  ])('refuses %s', (_name, value, complaint) => {
    expect(readExpectedPlan(value)).toEqual({ ok: false, complaint: expect.stringContaining(complaint) });
  });
});
