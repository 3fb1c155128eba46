import { describe, expect, it } from '@jest/globals';
import { toProgramName } from '../../src/cli/run-in-process.ts';

describe('toProgramName', () => {
  it.each([
    { script: '/usr/local/bin/node-decommission', expected: 'node-decommission' },
    { script: '/usr/local/bin/kubectl-decommission', expected: 'kubectl decommission' },
    { script: undefined, expected: 'node-decommission' },
  ])('maps $script to $expected', ({ script, expected }) => {
    expect(toProgramName(script)).toBe(expected);
  });
});
