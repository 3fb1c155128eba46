import { describe, expect, it } from '@jest/globals';
import { toBudgetNameFor, toBudgetNameWithKind } from '../../../src/domain/budgets/names.ts';

const longest = 'a'.repeat(253);

describe('names of budgets', () => {
  it.each<[string, string, string]>([
    ['the workload and -pdb', toBudgetNameFor({ name: 'web' }), 'web-pdb'],
    ['the kind between them', toBudgetNameWithKind({ name: 'web', kind: 'StatefulSet' }), 'web-statefulset-pdb'],
    ['249 characters are kept', toBudgetNameFor({ name: 'a'.repeat(249) }), `${'a'.repeat(249)}-pdb`],
  ])('%s', (_name, actual, expected) => {
    expect(actual).toBe(expected);
  });

  it.each<[string, string]>([
    ['plain', toBudgetNameFor({ name: longest })],
    ['with the kind', toBudgetNameWithKind({ name: longest, kind: 'StatefulSet' })],
    ['cut at a dot', toBudgetNameFor({ name: `${'a'.repeat(231)}.${'b'.repeat(21)}` })],
  ])('a long one is a DNS name of at most 253 characters: %s', (_name, actual) => {
    expect(actual.length).toBeLessThanOrEqual(253);
    expect(actual).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  });

  it('two long names with the same start get different names', () => {
    expect(toBudgetNameFor({ name: `${longest.slice(1)}b` })).not.toBe(toBudgetNameFor({ name: longest }));
  });
});
