import { describe, expect, it } from '@jest/globals';
import { toDrainWave } from '../../../src/domain/eviction/drain-wave.ts';
import { pod } from '../../builders/pod.ts';

describe('toDrainWave', () => {
  it.each<[string, { readonly priority?: number; readonly priorityClassName?: string }, 0 | 1]>([
    ['an ordinary pod is evicted first', {}, 0],
    ['a high user priority is still ordinary', { priority: 1_000_000_000 }, 0],
    [
      'system-cluster-critical is evicted last',
      { priority: 2_000_000_000, priorityClassName: 'system-cluster-critical' },
      1,
    ],
    ['system-node-critical is evicted last', { priority: 2_000_001_000, priorityClassName: 'system-node-critical' }, 1],
    ['the priority alone is enough', { priority: 2_000_000_000 }, 1],
    ['the class alone is enough', { priorityClassName: 'system-node-critical' }, 1],
  ])('%s', (_name, overrides, expected) => {
    expect(toDrainWave(pod(overrides))).toBe(expected);
  });
});
