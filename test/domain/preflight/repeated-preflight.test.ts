import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../src/domain/plan/decommission-plan.ts';
import {
  describeRefusal,
  describeRepetition,
  toRepeatedPreflights,
} from '../../../src/domain/preflight/repeated-preflight.ts';
import { nodePlan } from '../../builders/decommission-plan.ts';
import { nodeTarget } from '../../builders/task-context.ts';

const AT = '2026-01-02T03:04:05.000Z';
const TARGETS = [nodeTarget(), nodeTarget({ nodeName: 'node-2', nodeUid: 'uid-node-2' })];
const NODES = TARGETS.map(({ nodeName, nodeUid }) => nodePlan({ nodeName, nodeUid }));

const finding = (overrides: Partial<Finding> = {}): Finding => ({
  code: 'NodeNotReady',
  severity: 'refusal',
  subject: 'node-1',
  message: 'node node-1 is not Ready.',
  ...overrides,
});

const repeat = (findings: readonly Finding[], nodes = NODES): unknown =>
  toRepeatedPreflights({ nodes, findings }, TARGETS).map(({ nodeName, refusals, isRefusedTogether = false }) => [
    nodeName,
    refusals,
    isRefusedTogether,
  ]);

describe('toRepeatedPreflights', () => {
  it.each<[string, readonly Finding[], readonly (readonly string[])[], boolean]>([
    ['no finding refuses no node', [], [[], []], false],
    ['a refusal of one node leaves the other', [finding({ nodeName: 'node-1' })], [[finding().message], []], false],
    ['a refusal of no single node is one of all', [finding()], [[finding().message], [finding().message]], true],
    ['a warning refuses no node', [finding({ severity: 'warning', nodeName: 'node-1' })], [[], []], false],
  ])('%s', (_name, findings, [first, second], isTogether) => {
    expect(repeat(findings)).toEqual([
      ['node-1', first, isTogether],
      ['node-2', second, isTogether],
    ]);
  });

  it('refuses a node that was recreated since its plan', () => {
    const [recreated, other] = [nodePlan({ nodeUid: 'uid-new' }), NODES[1]!];
    expect(repeat([], [recreated, other])).toEqual([
      [
        'node-1',
        [
          'node node-1 has UID uid-new, but the plan was made for UID uid-node-1: the Node was recreated and is left untouched. To remove it, start a new request.',
        ],
        false,
      ],
      ['node-2', [], false],
    ]);
  });

  it('returns at most ten warnings of a node, without what describes their kind', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      finding({ severity: 'warning', code: 'BudgetWaits', subject: `default/web-${index}`, message: 'waits.' }),
    );
    const [first] = toRepeatedPreflights({ nodes: NODES, findings: many }, TARGETS);
    expect(first?.warnings).toHaveLength(10);
    expect(first?.warnings[0]).toEqual({ code: 'BudgetWaits', subject: 'default/web-0', message: 'waits.' });
  });
});

describe('describeRefusal', () => {
  it('names the nodes whose pods need places too', () => {
    expect(describeRefusal({ refusals: ['no room.'], besides: 'node-1, node-2' })).toBe(
      'preflight was repeated before the node started, with places kept for the pods that still leave node-1, node-2, and refuses: no room.',
    );
  });

  it('lists the first three refusals', () => {
    expect(describeRefusal({ refusals: ['a.', 'b.', 'c.', 'd.'] })).toBe(
      'preflight was repeated before the node started, and refuses: a; b; c and 1 more.',
    );
  });
});

describe('describeRepetition', () => {
  const known = finding({ severity: 'warning' });
  const added = finding({ severity: 'warning', code: 'BudgetWaits', subject: 'default/web-pdb', message: 'it waits.' });
  it.each([
    ['nothing', [], `repeated at ${AT}: no new problems found`],
    ['what the plan has, too', [known], `repeated at ${AT}: no new problems found`],
    ['a new warning', [known, added], `repeated at ${AT}, with new warnings: it waits`],
  ])('describes %s', (_name, warnings, expected) => {
    expect(describeRepetition(AT, warnings, [known])).toBe(expected);
  });
});
