import { describe, expect, it } from '@jest/globals';
import type { NodePlan } from '../../../src/domain/plan/decommission-plan.ts';
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

  it.each<[string, Partial<NodePlan>, readonly string[] | undefined]>([
    [
      'those of pods that are not listed',
      { unlistedPodCount: 2, unlistedWorkloads: ['shop/Deployment/web'] },
      ['default/Deployment/web', 'shop/Deployment/web'],
    ],
    ['each once', { unlistedPodCount: 1, unlistedWorkloads: ['default/Deployment/web'] }, ['default/Deployment/web']],
    ['none that is known, when workloads are not listed either', { unlistedPodCount: 2 }, undefined],
  ])('of a large plan: %s', (_name, unlisted, expected) => {
    const plan = decommissionPlan({ nodes: [nodePlan({ pods: [podPlan()], ...unlisted })] });
    expect(toPlannedWorkloads(plan).get('node-1')).toEqual(expected);
  });

  it('uses the same key as evictions', () => {
    expect(toWorkloadKey({ namespace: 'default', workload: 'Deployment/web' })).toBe('default/Deployment/web');
  });
});
