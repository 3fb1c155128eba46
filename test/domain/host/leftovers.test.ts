import { describe, expect, it } from '@jest/globals';
import { describeChecks, describeCleanHosts, toKeptText, toRejoinAdvice } from '../../../src/domain/host/leftovers.ts';
import { hostReport } from '../../builders/decommission-report.ts';
import { previewItem } from '../../builders/preview-item.ts';

const COUNTS = { unseen: 1, link: 2, cniConfiguration: 1, image: 3, machineState: 1 } as const;

describe('toKeptText', () => {
  it('has each kind with its number, what could not be read last', () => {
    expect(toKeptText(COUNTS)).toBe(
      'network links (2), CNI configuration (1), images (3), masked units and records (1), not readable (1)',
    );
    expect(toKeptText({})).toBe('');
  });
});

describe('toRejoinAdvice', () => {
  it('separates what a restart removes from what an operator has to delete', () => {
    expect(toRejoinAdvice(COUNTS)).toEqual([
      'A restart of the machine removes: network links, unless the host itself restores them.',
      'Before the machine joins another cluster, delete manually: CNI configuration. Otherwise, its pods may get the network of this cluster.',
      'Before the machine joins another cluster, unmask the masked units that it needs.',
      'What is not readable may still contain rules or files of the cluster: check it manually.',
    ]);
  });

  it('is empty for what does not matter to another cluster', () => {
    expect(toRejoinAdvice({ image: 3, log: 2 })).toEqual([]);
  });
});

describe('describeChecks', () => {
  it('names what was found beside the checks', () => {
    const kept = [previewItem('link', 'cni0'), previewItem('link', 'flannel.1')];
    expect(describeChecks(hostReport({ kept }))).toBe('1 check passed; still there: network links (2)');
    expect(describeChecks(hostReport({ cleaned: ['a.', 'b.'] }))).toBe(
      '2 checks passed; nothing of the cluster was found',
    );
  });
});

describe('describeCleanHosts', () => {
  it('claims that nothing is left only when nothing was found', () => {
    expect(describeCleanHosts('the host', {})).toBe(
      'All checks of the host passed, and nothing of the cluster was found there.',
    );
    expect(describeCleanHosts('2 hosts', { firewall: 4 })).toBe(
      'All checks of 2 hosts passed. Still there, and listed in the report: firewall rules (4).',
    );
  });
});
