import { describe, expect, it } from '@jest/globals';
import { toProgramName, toWords } from '../../src/cli/run-in-process.ts';

describe('toProgramName', () => {
  it.each([
    { script: '/usr/local/bin/node-decommission', expected: 'node-decommission' },
    { script: '/usr/local/bin/kubectl-decommission', expected: 'kubectl decommission' },
    { script: undefined, expected: 'node-decommission' },
  ])('maps $script to $expected', ({ script, expected }) => {
    expect(toProgramName(script)).toBe(expected);
  });
});

it.each([
  { script: '/usr/bin/kubectl-decommission', expected: ['plan', ''] },
  { script: '/usr/bin/kubectl_complete-decommission', expected: ['__complete', 'plan', ''] },
])('passes the words of $script on as $expected', ({ script, expected }) => {
  expect(toWords(['/usr/bin/node', script, 'plan', ''])).toEqual(expected);
});
