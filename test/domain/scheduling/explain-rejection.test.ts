import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { explainRejection } from '../../../src/domain/scheduling/explain-rejection.ts';
import type { NoPlace } from '../../../src/domain/scheduling/placement-trial.ts';
import { node } from '../../builders/node.ts';
import { noPlace } from '../../builders/placements.ts';
import { pod } from '../../builders/pod.ts';
import { selector } from '../../builders/workload.ts';

const byNode = noPlace({ plugins: ['NodeAffinity'], message: "2 node(s) didn't match Pod's node affinity/selector." });
const byPods = noPlace({ plugins: ['InterPodAffinity'], message: "2 node(s) didn't match pod affinity rules." });
const bySpread = noPlace({
  plugins: ['PodTopologySpread'],
  message: "2 node(s) didn't match pod topology spread constraints (missing required label).",
});
const cache = { topologyKey: 'zone', selector: selector({ app: 'cache' }), namespaces: ['default'] };
const zoneIn = (...values: string[]): NonNullable<PodFacts['requiredNodeAffinity']>[number] => ({
  matchExpressions: [{ key: 'zone', operator: 'In', values }],
  matchFields: [],
});
const surroundings = {
  nodes: [node({ labels: { zone: 'a', disk: 'ssd' } }), node({ name: 'node-2', labels: { zone: 'b' } })],
  removedNodeNames: ['node-1'],
  pods: [pod({ name: 'db', labels: { app: 'db' } }), pod({ name: 'cache', labels: { app: 'cache' }, nodeName: '' })],
};

describe('explainRejection', () => {
  it.each<[string, Partial<PodFacts>, NoPlace, string | undefined]>([
    [
      'a node selector that no node matches',
      { nodeSelector: { zone: 'gone' } },
      byNode,
      'no node has the labels that it requires (zone: gone): label a node, or change its node selector or node affinity',
    ],
    [
      'a node affinity that no node matches',
      { requiredNodeAffinity: [zoneIn('c', 'd'), zoneIn('e')] },
      byNode,
      'no node has the labels that it requires (zone: c, d or zone: e): label a node, or change its node selector or node affinity',
    ],
    ['a node selector that a node to remove matches', { nodeSelector: { disk: 'ssd' } }, byNode, undefined],
    [
      'a pod affinity to pods that do not run',
      { requiredPodAffinity: [cache] },
      byPods,
      'no running pod has the labels that its pod affinity requires (app=cache): start such a pod, or change its pod affinity',
    ],
    [
      'a pod affinity over a label that no node has',
      { requiredPodAffinity: [{ ...cache, topologyKey: 'rack' }] },
      byPods,
      'no node has the label rack, to which its pod affinity refers: label the nodes, or change its pod affinity',
    ],
    [
      'a pod affinity to a running pod',
      { requiredPodAffinity: [{ ...cache, selector: selector({ app: 'db' }) }] },
      byPods,
      undefined,
    ],
    [
      'a spread over a label that no other node has',
      { requiredSpreadKeys: ['zone', 'disk'] },
      bySpread,
      'no other node has the label disk, over which it has to be spread: label the nodes, or change its topology spread',
    ],
    ['a spread over a label that they have', { requiredSpreadKeys: ['zone'] }, bySpread, undefined],
    ['too little room', { nodeSelector: { zone: 'gone' } }, noPlace(), undefined],
  ])('%s', (_name, overrides, rejection, expected) => {
    expect(explainRejection(pod(overrides), rejection, surroundings)).toBe(expected);
  });
});
