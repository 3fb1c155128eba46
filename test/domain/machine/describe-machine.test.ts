import { describe, expect, it } from '@jest/globals';
import { describeRunningMachine, describeRunningMachines } from '../../../src/domain/machine/describe-machine.ts';

describe('describeRunningMachine', () => {
  it.each([
    [
      'with the command of its provider',
      { providerID: 'hcloud://42', provider: 'Hetzner Cloud', pool: 'blue', command: 'hcloud server delete 42' },
      'no hook, so the machine (Hetzner Cloud, pool blue) still runs; to end it, run `hcloud server delete 42`',
    ],
    [
      'by its providerID when it is not recognised',
      { providerID: 'metal://7' },
      "no hook, so the machine (metal://7) still runs; to end it, use the provider's own command",
    ],
    ['not at all when the Node names none', undefined, 'no hook'],
  ])('names the machine %s', (_how, machine, expected) => {
    expect(describeRunningMachine('no hook', machine)).toBe(expected);
  });
});

describe('describeRunningMachines', () => {
  it.each([
    [0, 1, undefined],
    [1, 1, 'The machine still runs: see step endMachine of the report.'],
    [2, 3, '2 of the machines still run: see steps endMachine of the report.'],
  ])('of %i machines of %i nodes', (runningCount, nodeCount, expected) => {
    expect(describeRunningMachines(runningCount, nodeCount)).toBe(expected);
  });
});
