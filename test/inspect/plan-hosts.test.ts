import { describe, expect, it } from '@jest/globals';
import type { HostInspection } from '../../src/inspect/inspect-hosts.ts';
import { toPlanHosts } from '../../src/inspect/plan-hosts.ts';
import { hostLayout } from '../builders/host-facts.ts';

const READY = { ok: true, provenBy: 'machine ID', layout: hostLayout() } as const;
const NOT_PROVEN = { ok: false, code: 'HostNotProven', message: 'another machine.' } as const;
const UNREACHABLE = { ok: false, code: 'HostUnreachable', message: 'no response.' } as const;

describe('toPlanHosts', () => {
  it('has the checks that a worker would repeat, and lists hosts that only a worker may reach', () => {
    const inspections: readonly HostInspection[] = [
      { nodeName: 'w1', kind: 'checked', check: READY },
      { nodeName: 'w2', kind: 'checked', check: NOT_PROVEN },
      { nodeName: 'w3', kind: 'checked', check: UNREACHABLE },
      { nodeName: 'cp', kind: 'controlPlane', sign: 'label' },
    ];
    expect(toPlanHosts(inspections)).toEqual({
      hosts: { w1: READY, w2: NOT_PROVEN },
      notChecked: ['the host of node w3, which cannot be reached from here: no response'],
    });
  });
});
