import { describe, expect, it } from '@jest/globals';
import type {
  NodeSelectorRequirement,
  NodeSelectorTerm,
  Taint,
  Toleration,
} from '../../../src/domain/cluster/facts.ts';
import { matchesNodeSelectorTerms, toleratesTaint } from '../../../src/domain/cluster/node-selector.ts';
import { node } from '../../builders/node.ts';

type Operator = NodeSelectorRequirement['operator'];

const term = (key: string, operator: Operator, ...values: string[]): NodeSelectorTerm => ({
  matchExpressions: [{ key, operator, values }],
  matchFields: [],
});
const field = (key: string, operator: Operator, ...values: string[]): NodeSelectorTerm => ({
  matchExpressions: [],
  matchFields: [{ key, operator, values }],
});

describe('matchesNodeSelectorTerms', () => {
  const target = node({ name: 'node-1', labels: { zone: 'a', cpus: '16' } });

  it.each<[string, readonly NodeSelectorTerm[], boolean]>([
    ['no terms match nothing', [], false],
    ['an empty term matches nothing', [{ matchExpressions: [], matchFields: [] }], false],
    ['In matches', [term('zone', 'In', 'a', 'b')], true],
    ['In misses', [term('zone', 'In', 'b')], false],
    ['NotIn rejects the value', [term('zone', 'NotIn', 'a')], false],
    ['NotIn accepts an absent label', [term('gpu', 'NotIn', 'yes')], true],
    ['Exists matches', [term('zone', 'Exists')], true],
    ['DoesNotExist rejects an existing label', [term('zone', 'DoesNotExist')], false],
    ['Gt compares numbers, not text', [term('cpus', 'Gt', '9')], true],
    ['Gt is strict', [term('cpus', 'Gt', '16')], false],
    ['Lt matches', [term('cpus', 'Lt', '32')], true],
    ['Gt on a label that is not a number misses', [term('zone', 'Gt', '1')], false],
    ['Lt on an absent label misses', [term('gpu', 'Lt', '1')], false],
    ['one matching term is enough', [term('zone', 'In', 'b'), term('zone', 'In', 'a')], true],
    [
      'all requirements of a term are needed',
      [{ ...term('zone', 'In', 'a'), ...{ matchFields: field('metadata.name', 'In', 'node-2').matchFields } }],
      false,
    ],
    ['the name matches', [field('metadata.name', 'In', 'node-1')], true],
    ['the name is excluded', [field('metadata.name', 'NotIn', 'node-1')], false],
    ['another field matches nothing', [field('spec.unschedulable', 'NotIn', 'true')], false],
  ])('%s', (_name, terms, expected) => {
    expect(matchesNodeSelectorTerms(target, terms)).toBe(expected);
  });
});

describe('toleratesTaint', () => {
  const taint: Taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
  const equal: Toleration = { key: 'dedicated', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' };

  it.each<[string, readonly Toleration[], boolean]>([
    ['no toleration', [], false],
    ['the same key, value and effect', [equal], true],
    ['another value', [{ ...equal, value: 'fpga' }], false],
    ['another effect', [{ ...equal, effect: 'NoExecute' }], false],
    ['every effect', [{ ...equal, effect: '' }], true],
    ['Exists on the key', [{ ...equal, operator: 'Exists', value: '' }], true],
    ['Exists on another key', [{ ...equal, key: 'other', operator: 'Exists', value: '' }], false],
    ['Exists without a key', [{ key: '', operator: 'Exists', value: '', effect: '' }], true],
    ['one of several', [{ ...equal, key: 'other' }, equal], true],
  ])('%s', (_name, tolerations, expected) => {
    expect(toleratesTaint(tolerations, taint)).toBe(expected);
  });
});
