import { describe, expect, it } from '@jest/globals';
import { toPlanWithoutPods } from '../../../src/domain/plan/without-pods.ts';
import { decommissionPlan, nodePlan, podPlan } from '../../builders/decommission-plan.ts';

const countPods = (plan: ReturnType<typeof decommissionPlan>): number =>
  plan.nodes.reduce((sum, { pods }) => sum + pods.length, 0);

describe('toPlanWithoutPods', () => {
  const plan = decommissionPlan({
    nodes: [
      nodePlan({ pods: [podPlan(), podPlan({ name: 'web-2' })] }),
      nodePlan({ nodeName: 'node-2', pods: [podPlan({ name: 'db-0' })] }),
    ],
  });

  it('omits the pods and states how many, and where to find them', () => {
    const short = toPlanWithoutPods(plan);
    expect([countPods(plan), countPods(short)]).toEqual([3, 0]);
    expect(short.findings.slice(0, -1)).toEqual(plan.findings);
    expect(short.findings.at(-1)).toMatchObject({
      code: 'NotChecked',
      severity: 'info',
      subject: 'plan',
      message: expect.stringContaining('the 3 pods of this plan are not listed'),
    });
  });

  it('changes nothing else, and nothing a second time', () => {
    const short = toPlanWithoutPods(plan);
    expect({ ...short, nodes: [], findings: [] }).toEqual({ ...plan, nodes: [], findings: [] });
    expect(toPlanWithoutPods(short)).toBe(short);
  });
});
