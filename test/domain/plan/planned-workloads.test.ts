import { describe, expect, it } from '@jest/globals';
import { toPlannedWorkloads, toWorkloadKey } from '../../../src/domain/plan/planned-workloads.ts';
import { decommissionPlan, nodePlan, podPlan } from '../../builders/decommission-plan.ts';

describe('toPlannedWorkloads', () => {
  it('lists each workload of a node once, with its namespace', () => {
    const plan = decommissionPlan({
      nodes: [
        nodePlan({ pods: [podPlan(), podPlan({ name: 'web-2' }), podPlan({ namespace: 'shop', name: 'web-1' })] }),
        nodePlan({ nodeName: 'node-2', pods: [] }),
      ],
    });
    expect([...toPlannedWorkloads(plan)]).toEqual([
      ['node-1', ['default/Deployment/web', 'shop/Deployment/web']],
      ['node-2', []],
    ]);
  });

  it('uses the same key as evictions', () => {
    expect(toWorkloadKey({ namespace: 'default', workload: 'Deployment/web' })).toBe('default/Deployment/web');
  });
});
