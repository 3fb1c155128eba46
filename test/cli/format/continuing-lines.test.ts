import { describe, expect, it } from '@jest/globals';
import { toContinuingLines } from '../../../src/cli/format/continuing-lines.ts';

const AT = '2026-01-02T03:04:05.000Z';

describe('toContinuingLines', () => {
  it('is empty when everything is undone', () => {
    expect(toContinuingLines({ continuing: [], undoneNodeNames: [] })).toEqual([]);
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
