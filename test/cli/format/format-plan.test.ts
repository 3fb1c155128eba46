import { describe, expect, it } from '@jest/globals';
import { formatPlan, formatVerdict } from '../../../src/cli/format/format-plan.ts';
import { toPreflightVerdict, toVerdictWithoutPlan } from '../../../src/domain/plan/preflight-verdict.ts';
import { decommissionPlan, nodePlan, podPlan } from '../../builders/decommission-plan.ts';
import { drainEstimate } from '../../builders/drain-facts.ts';
import { hostLayout } from '../../builders/host-facts.ts';
import { previewItem } from '../../builders/preview-item.ts';

describe('formatPlan', () => {
  it('shows refusals first, then pods, budgets, forecast and what was not checked', () => {
    const plan = decommissionPlan({
      verdict: 'Refused',
      nodes: [
        nodePlan({
          wasUnschedulable: true,
          pods: [
            podPlan({ placement: { verdict: 'fits', nodeName: 'node-2', message: '' } }),
            podPlan({ name: 'agent', workload: 'DaemonSet/agent', disposition: 'stay', reason: 'DaemonSet pod' }),
            podPlan({ name: 'bare', workload: '', disposition: 'refuse', reason: 'needs force: true' }),
            podPlan({ name: 'big', placement: { verdict: 'doesNotFit', message: '0/2 nodes are available' } }),
          ],
        }),
        nodePlan({ nodeName: 'node-2' }),
      ],
      budgets: [
        {
          action: 'create',
          namespace: 'default',
          name: 'web-pdb',
          workload: 'Deployment/web',
          maxUnavailable: '25%',
          reason: 'it has no budget',
        },
      ],
      forecasts: [
        {
          namespace: 'default',
          name: 'db-pdb',
          allowedNow: 0,
          needed: 1,
          verdict: 'never',
          message: 'waiting does not help',
        },
      ],
      findings: [
        {
          code: 'BarePod',
          severity: 'refusal',
          subject: 'default/bare',
          message: 'pod default/bare is a bare pod.',
          override: 'force: true',
        },
        { code: 'JobStartsOver', severity: 'info', subject: 'default/job', message: 'job default/job starts over.' },
        {
          code: 'PodDoesNotFit',
          severity: 'warning',
          subject: 'default/big',
          message: 'pod default/big fits nowhere; set preflight: warn.',
          override: 'preflight: warn',
        },
        {
          code: 'NotChecked',
          severity: 'info',
          subject: 'the write permissions',
          message: 'not checked: the write permissions',
        },
      ],
    });
    expect(formatPlan(plan)).toBe(
      `
Plan for task task-1 on cluster default: Refused

Refusals (1)
  ✗ BarePod: pod default/bare is a bare pod. (to proceed anyway, set force: true)

Warnings (1)
  ! PodDoesNotFit: pod default/big fits nowhere; set preflight: warn.

Node node-1 (already cordoned): 4 pods, 2 to evict, 1 staying, 1 refused
  POD             WORKLOAD          ACTION   PLACEMENT OR REASON
  default/web-1   Deployment/web    evict    fits on node-2
  default/agent   DaemonSet/agent   stay     DaemonSet pod
  default/bare    -                 refuse   needs force: true
  default/big     Deployment/web    evict    0/2 nodes are available

Node node-2: no pods

Disruption budgets
  WORKLOAD                 ACTION   BUDGET    MAX UNAVAILABLE   REASON
  default/Deployment/web   create   web-pdb   25%               it has no budget

Forecast
  BUDGET           ALLOWED NOW   NEEDED   VERDICT   EXPLANATION
  default/db-pdb   0             1        never     waiting does not help

Notes (1)
  · JobStartsOver: job default/job starts over.

Not checked (1)
  ? the write permissions
`.trim(),
    );
  });

  it('shows how long the drains take, what decides that and what it assumes', () => {
    const plan = decommissionPlan({
      estimate: { likelySeconds: 160, longestSeconds: 240, assumptions: ['Without the cleanup of hosts.'] },
      nodes: [nodePlan({ estimate: drainEstimate() }), nodePlan({ nodeName: 'node-2', estimate: drainEstimate() })],
    });
    expect(formatPlan(plan)).toBe(
      `
Plan for task task-1 on cluster default: Go

Estimate for all 2 drains: 3 to 4 minutes.
Without the cleanup of hosts.

Node node-1: no pods
  Estimate: 80 s to 2 minutes: default/Deployment/web in 3 rounds of about 40 s (budget default/web-pdb allows 2 of 5 evictions at a time); grace period up to 30 s.

Node node-2: no pods
  Estimate: 80 s to 2 minutes: default/Deployment/web in 3 rounds of about 40 s (budget default/web-pdb allows 2 of 5 evictions at a time); grace period up to 30 s.
`.trim(),
    );
  });

  it('shows for each host what its cleanup touches and leaves, up to eight names of a kind', () => {
    const kept = Array.from({ length: 9 }, (_, index) => previewItem('cniConfiguration', `${index}.conf`));
    const host = hostLayout({ preview: { ...hostLayout().preview, kept } });
    expect(formatPlan(decommissionPlan({ nodes: [nodePlan({ host })] })).split('\n\n')[1]).toBe(
      `
Node node-1: no pods
  host cleanup touches:
    units (1): kubelet.service
  host cleanup leaves:
    CNI configuration (9): 0.conf, 1.conf, 2.conf, 3.conf, 4.conf, 5.conf, 6.conf, 7.conf and 1 more
`.trim(),
    );
  });
});

describe('formatVerdict', () => {
  const bare = {
    code: 'BarePod',
    severity: 'refusal',
    subject: 'default/bare',
    message: 'pod default/bare is a bare pod.',
    override: 'force: true',
  } as const;
  const nodes = [nodePlan({ leavingPodCount: 14 }), nodePlan({ nodeName: 'node-2' })];

  it.each([
    ['Go', { nodes, findings: [] }, 'Preflight: Go · 2 nodes · 14 pods to leave'],
    [
      'Go with a warning',
      {
        nodes,
        findings: [{ ...bare, severity: 'warning' }],
        estimate: { likelySeconds: 120, longestSeconds: 360, assumptions: [] },
      },
      `Preflight: Go · 2 nodes · 14 pods to leave · drain: 2 to 6 minutes

Warnings (1)
  ! BarePod: pod default/bare is a bare pod. (to proceed anyway, set force: true)`,
    ],
    [
      'a refusal',
      { verdict: 'Refused', nodes, findings: [bare] },
      `Preflight: Refused

Refusals (1)
  ✗ BarePod: pod default/bare is a bare pod. (to proceed anyway, set force: true)`,
    ],
  ] as const)('shows %s', (_name, overrides, expected) => {
    expect(formatVerdict(toPreflightVerdict(decommissionPlan(overrides)))).toBe(expected);
  });

  it('counts findings that are not listed', () => {
    const verdict = toPreflightVerdict(decommissionPlan({ verdict: 'Refused', findings: Array(201).fill(bare) }));
    expect(formatVerdict(verdict)).toMatch(/\n\n1 more finding: `plan` lists them\.$/);
  });

  it('shows why a task ended without a plan', () => {
    const verdict = toVerdictWithoutPlan({
      taskId: '',
      cluster: '',
      verdict: 'Cancelled',
      message: 'The run was cancelled.',
    });
    expect(formatVerdict(verdict)).toBe('Preflight: Cancelled: The run was cancelled.');
  });
});
