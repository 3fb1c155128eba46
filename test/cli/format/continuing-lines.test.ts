import { describe, expect, it } from '@jest/globals';
import { toContinuingLines } from '../../../src/cli/format/continuing-lines.ts';

const AT = '2026-01-02T03:04:05.000Z';

describe('toContinuingLines', () => {
  it('is empty when everything is undone', () => {
    expect(toContinuingLines({ continuing: [], undoneNodeNames: [] })).toEqual([]);
  });

  it('names what keeps workers from the undo', () => {
    const obstacle = 'the run is pinned to version drains:1, and no worker of it polls.';
    expect(toContinuingLines({ continuing: [], undoneNodeNames: [], obstacle })).toEqual([
      `waits     no worker begins with it: ${obstacle}`,
    ]);
  });

  it('names the nodes that continue, with the reason, and those that are undone', () => {
    const point = {
      what: 'stopping the kubelet of node node-1',
      at: AT,
      nodeName: 'node-1',
      laterNodeNames: ['node-2', 'node-3'],
    };
    expect(toContinuingLines({ continuing: [point], undoneNodeNames: point.laterNodeNames })).toEqual([
      `continues node-1: stopping the kubelet of node node-1 began at ${AT} and cannot be undone`,
      'undone    node-2, node-3: not started',
    ]);
  });
});
