import { describe, expect, it } from '@jest/globals';

import { formatSlowestSuites } from '../../../stack/tests/slowest-suites.ts';
import type { TimedSuite } from '../../../stack/tests/slowest-suites.ts';

const suite = (name: string, milliseconds: number): TimedSuite => ({
  name,
  startTime: 1_000_000,
  endTime: 1_000_000 + milliseconds,
});

describe('formatSlowestSuites', () => {
  it('lists the slowest first, at most the given number', () => {
    const suites = [suite('/repo/test/a.test.ts', 900), suite('/repo/test/b.test.ts', 123_456), suite('/repo/c', 4000)];
    expect(formatSlowestSuites(suites, 2, '/repo')).toEqual(['123.5 s  test/b.test.ts', '  4.0 s  c']);
  });

  it('sorts suites with the same duration by path', () => {
    const suites = ['/repo/b', '/repo/a', '/repo/c'].map((name) => suite(name, 1000));
    expect(formatSlowestSuites(suites, 10, '/repo')).toEqual(['1.0 s  a', '1.0 s  b', '1.0 s  c']);
  });

  it('keeps a path outside the directory', () => {
    expect(formatSlowestSuites([suite('/repository/a', 0)], 10, '/repo')).toEqual(['0.0 s  /repository/a']);
  });

  it('returns an empty list when no suite ran', () => {
    expect(formatSlowestSuites([], 10, '/repo')).toEqual([]);
  });
});
