import { describe, expect, it } from '@jest/globals';
import { checkOtherMachine } from '../../../src/domain/machine/check-other-machine.ts';
import { node } from '../../builders/node.ts';

describe('checkOtherMachine', () => {
  it.each([
    ['hcloud://1', 'hcloud://2', undefined],
    ['hcloud://1', 'hcloud://1', 'both have providerID hcloud://1'],
    ['hcloud://1', undefined, 'not both have a providerID'],
    [undefined, 'hcloud://1', 'not both have a providerID'],
    [undefined, undefined, 'not both have a providerID'],
  ])('a removed machine %s and a new one %s', (removed, seen, expected) => {
    const machine = removed === undefined ? undefined : { providerID: removed };
    const why = checkOtherMachine(machine, node(seen === undefined ? {} : { providerID: seen }));
    if (expected === undefined) expect(why).toBeUndefined();
    else expect(why).toContain(`(${expected}): the hook was not called`);
  });
});
