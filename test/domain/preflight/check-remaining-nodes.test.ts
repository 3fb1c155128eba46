import { describe, expect, it } from '@jest/globals';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { checkRemainingNodes } from '../../../src/domain/preflight/check-remaining-nodes.ts';
import { assess } from '../../../src/domain/preflight/assessment.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';

const inZone = (name: string, zone: string, overrides: Partial<NodeFacts> = {}): NodeFacts =>
  node({ name, labels: { 'topology.kubernetes.io/zone': zone }, ...overrides });

describe('checkRemainingNodes', () => {
  it.each<[string, readonly NodeFacts[], readonly string[], readonly string[]]>([
    ['another node of the zone stays', [inZone('a1', 'a'), inZone('a2', 'a')], ['a1'], []],
    ['nodes have no zone', [node({ name: 'a1' }), node({ name: 'a2' })], ['a1'], []],
    ['the node does not exist', [inZone('a1', 'a')], ['x'], []],
    [
      'it is the last node of its zone',
      [inZone('a1', 'a'), inZone('b1', 'b')],
      ['a1'],
      [
        'a1 is the last node of zone a (label topology.kubernetes.io/zone) that accepts pods: what must run there, and volumes of that zone, will have no place',
      ],
    ],
    [
      'the other nodes of the zone are removed too, or accept no pods',
      [
        inZone('a1', 'a'),
        inZone('a2', 'a'),
        inZone('a3', 'a', { unschedulable: true }),
        inZone('a4', 'a', { ready: false }),
        inZone('b1', 'b'),
      ],
      ['a1', 'a2'],
      [
        'a1, a2 are the last nodes of zone a (label topology.kubernetes.io/zone) that accept pods: what must run there, and volumes of that zone, will have no place',
      ],
    ],
    [
      'no other node accepts pods',
      [inZone('a1', 'a'), inZone('b1', 'b', { unschedulable: true })],
      ['a1'],
      ['no other node is Ready and accepts pods, so every evicted pod would stay pending: add a node first'],
    ],
  ])('reports it when %s', (_name, nodes, nodeNames, messages) => {
    const facts = preflightFacts({ nodes, pods: [pod({ nodeName: 'a1' })] }, { nodeNames });
    const found = checkRemainingNodes(facts, assess(facts));
    expect(found.map(({ message }) => message)).toEqual(messages);
  });

  it('lets the last node go when no pod needs another one', () => {
    const facts = preflightFacts({ nodes: [node()], pods: [] });
    expect(checkRemainingNodes(facts, assess(facts))).toEqual([]);
  });
});
