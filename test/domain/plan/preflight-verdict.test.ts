import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../../src/domain/plan/decommission-plan.ts';
import { describeVerdict, toPreflightVerdict } from '../../../src/domain/plan/preflight-verdict.ts';
import { toPlanWithoutPods } from '../../../src/domain/plan/without-pods.ts';
import { decommissionPlan, nodePlan, podPlan } from '../../builders/decommission-plan.ts';

const findings = (severity: Finding['severity'], count: number, message = 'pod is a bare pod.'): readonly Finding[] =>
  Array.from({ length: count }, (_, index) => ({
    code: 'BarePod',
    severity,
    subject: `default/${severity}-${index + 1}`,
    message,
  }));

describe('describeVerdict', () => {
  it.each([
    { name: 'no finding', verdict: 'Go', of: [], expected: 'no problems found' },
    { name: 'notes only', verdict: 'Go', of: findings('info', 3), expected: 'no problems found' },
    { name: 'one warning', verdict: 'Go', of: findings('warning', 1), expected: '1 warning; see the plan' },
    {
      name: 'a refusal and a warning',
      verdict: 'Refused',
      of: [...findings('warning', 1, 'slow.'), ...findings('refusal', 1)],
      expected: 'preflight refuses: pod is a bare pod.',
    },
    {
      name: 'more than ten refusals',
      verdict: 'Refused',
      of: findings('refusal', 12, 'x.'),
      expected: `preflight refuses: ${Array<string>(10).fill('x.').join(' ')} And 2 more; see the plan.`,
    },
  ] as const)('describes a plan with $name', ({ verdict, of, expected }) => {
    expect(describeVerdict({ verdict, findings: of })).toBe(expected);
  });
});

describe('toPreflightVerdict', () => {
  const plan = decommissionPlan({
    verdict: 'Refused',
    nodes: [nodePlan({ leavingPodCount: 3, pods: [podPlan()] }), nodePlan({ nodeName: 'node-2', leavingPodCount: 4 })],
    budgets: [
      { action: 'create', namespace: 'default', name: 'web-pdb', workload: 'Deployment/web', reason: 'it has none' },
      { action: 'annotate', namespace: 'default', name: 'db-pdb', workload: 'StatefulSet/db', reason: 'it has one' },
    ],
    findings: [...findings('info', 1), ...findings('warning', 1), ...findings('refusal', 1)],
  });

  it('counts what the task would do, and lists refusals before warnings, without notes', () => {
    expect(toPreflightVerdict(plan)).toEqual({
      version: 1,
      taskId: 'task-1',
      cluster: 'default',
      verdict: 'Refused',
      message: 'preflight refuses: pod is a bare pod.',
      nodeCount: 2,
      leavingPodCount: 7,
      createdBudgetCount: 1,
      findings: [plan.findings[2], plan.findings[1]],
    });
  });

  it('is the same after the task has continued as new', () => {
    expect(toPreflightVerdict(toPlanWithoutPods(plan))).toEqual(toPreflightVerdict(plan));
  });

  it.each([
    ['many findings', findings('warning', 5000), 200],
    ['long findings', findings('warning', 50, 'x'.repeat(9_000)), 11],
  ])('is bounded with %s', (_name, many, listed) => {
    const verdict = toPreflightVerdict(decommissionPlan({ findings: many }));
    expect(verdict.findings).toHaveLength(listed);
    expect(verdict.unlistedFindingCount).toBe(many.length - listed);
    expect(JSON.stringify(verdict).length).toBeLessThan(102_000);
  });
});
