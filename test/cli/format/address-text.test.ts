import { describe, expect, it } from '@jest/globals';
import { toAddressText } from '../../../src/cli/format/address-text.ts';
import { formatPlan } from '../../../src/cli/format/format-plan.ts';
import { formatReport } from '../../../src/cli/format/format-report.ts';
import { formatStatus } from '../../../src/cli/format/format-status.ts';
import { toStatusChangeLines } from '../../../src/cli/format/status-change-lines.ts';
import { clusterAddress } from '../../builders/cluster-address.ts';
import { decommissionPlan } from '../../builders/decommission-plan.ts';
import { decommissionReport } from '../../builders/decommission-report.ts';
import { joinedStatus } from '../../builders/run-status.ts';

const text = 'context prod, server https://10.0.0.1:6443, Kubernetes v1.37.0';
const now = '2026-01-01T12:01:00Z';

describe('the address of a cluster', () => {
  it.each([
    [clusterAddress(), text],
    [
      { server: 'https://10.96.0.1', version: 'v1.37.0' },
      'in-cluster credentials, server https://10.96.0.1, Kubernetes v1.37.0',
    ],
    [{ context: 'prod', server: '' }, 'context prod, server unknown, Kubernetes version unknown'],
  ])('is one line: %j', (address, expected) => {
    expect(toAddressText(address)).toBe(expected);
  });

  const known = { clusterAddress: clusterAddress() };
  it.each([
    ['plan', (facts: object) => formatPlan(decommissionPlan(facts))],
    ['report', (facts: object) => formatReport(decommissionReport(facts))],
    ['status', (facts: object) => formatStatus(joinedStatus(facts), { now })],
  ])('is in the %s where it is known', (_name, format) => {
    expect(
      format(known)
        .split('\n')
        .filter((line) => line === text),
    ).toHaveLength(1);
    expect(format({})).not.toContain('Kubernetes');
  });

  it('is one of the change lines as soon as it is known, and only then', () => {
    const line = `cluster default: ${text}`;
    expect(toStatusChangeLines(undefined, joinedStatus(known), now)).toContain(line);
    expect(toStatusChangeLines(joinedStatus(), joinedStatus(known), now)).toEqual([line]);
    expect(toStatusChangeLines(joinedStatus(known), joinedStatus(known), now)).toEqual([]);
    expect(toStatusChangeLines(undefined, joinedStatus(), now).join()).not.toContain('Kubernetes');
  });
});
