import { describe, expect, it } from '@jest/globals';
import { toPodTable } from '../../../src/cli/format/plan-tables.ts';
import { nodePlan, podPlan } from '../../builders/decommission-plan.ts';

const many = [
  ...Array.from({ length: 30 }, (_, index) =>
    podPlan({ name: `web-${index}`, placement: { verdict: 'fits', nodeName: `node-${(index % 2) + 2}`, message: '' } }),
  ),
  ...Array.from({ length: 10 }, (_, index) =>
    podPlan({
      name: `big-${index}`,
      workload: 'Deployment/big',
      placement: { verdict: 'doesNotFit', message: '0/3 nodes are available: 3 Insufficient cpu.' },
    }),
  ),
  podPlan({ name: 'alone', workload: '', disposition: 'refuse', reason: 'needs force: true' }),
];

describe('toPodTable', () => {
  it('shows many pods by workload, with the same words for each group', () => {
    expect(toPodTable(nodePlan({ pods: many }), false)).toEqual({
      head: ['NAMESPACE', 'WORKLOAD', 'PODS', 'ACTION', 'PLACEMENT OR REASON'],
      rows: [
        ['default', 'Deployment/web', '30', 'evict', 'fit on 2 nodes'],
        ['default', 'Deployment/big', '10', 'evict', '0/3 nodes are available: 3 Insufficient cpu.'],
        ['default', 'pod alone', '1', 'refuse', 'needs force: true'],
      ],
    });
  });

  it('shows every pod when it is wide', () => {
    expect(toPodTable(nodePlan({ pods: many }), true).rows).toHaveLength(41);
  });

  it('shows few pods one by one', () => {
    expect(toPodTable(nodePlan({ pods: many.slice(0, 40) }), false).rows).toHaveLength(40);
  });
});
