import { describe, expect, it } from '@jest/globals';
import { formatConfirmation } from '../../../src/cli/format/format-confirmation.ts';
import type { Finding } from '../../../src/domain/plan/decommission-plan.ts';
import { decommissionPlan, nodePlan, podPlan } from '../../builders/decommission-plan.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';

const finding = (code: Finding['code'], severity: Finding['severity'], subject: string): Finding => ({
  code,
  severity,
  subject,
  message: `${code} of ${subject}, with a reason that is long enough for a second line on a terminal.`,
});

const clusterAddress = { context: 'prod', server: 'https://10.0.0.1:6443', version: 'v1.37.0' };

describe('formatConfirmation', () => {
  it('shows where, which nodes, what is lost, and what preflight warns about, in 80 columns', () => {
    const request = decommissionRequest({
      nodeNames: ['worker-7', 'worker-8'],
      hostCleanup: 'required',
      maxConcurrentNodes: 2,
    });
    const plan = decommissionPlan({
      clusterAddress,
      nodes: [nodePlan({ pods: [podPlan(), podPlan({ name: 'agent', disposition: 'stay' })], unlistedPodCount: 3 })],
      estimate: { likelySeconds: 120, longestSeconds: 360, assumptions: [] },
      findings: [
        finding('BarePod', 'warning', 'shop/debug'),
        finding('EmptyDirData', 'warning', 'shop/cache-1'),
        finding('EmptyDirData', 'warning', 'shop/cache-2'),
        finding('EmptyDirData', 'refusal', 'shop/not-consented'),
        finding('JobStartsOver', 'info', 'shop/report'),
        finding('WorkloadUnprotected', 'warning', 'shop/web'),
        finding('FinishedPod', 'info', 'shop/done'),
      ],
    });
    const text = formatConfirmation(request, plan);
    expect(text).toBe(
      `
About to decommission 2 nodes:
  cluster  default
  context  prod
  server   https://10.0.0.1:6443 (Kubernetes v1.37.0)
  nodes    worker-7, worker-8 (2 at once)
  pods     5 pods, 1 to evict, 1 staying, 3 not listed
  lost     1 unmanaged pod, not recreated: shop/debug
           2 pods with emptyDir volumes, whose data is lost: shop/cache-1,
           shop/cache-2
           1 pod of Jobs, whose work starts over: shop/report
           the Node objects (cannot be undone)
           on their hosts: kubelet, containers and credentials of Kubernetes
           (cannot be undone)
  time     2 to 6 minutes for the drains
Preflight refuses this, so nothing would be changed (1)
  EmptyDirData: EmptyDirData of shop/not-consented, with a reason that is long
    enough for a second line on a terminal.
Warnings (1)
  WorkloadUnprotected: WorkloadUnprotected of shop/web, with a reason that is
    long enough for a second line on a terminal.
`.trim(),
    );
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each([
    {
      name: 'the request alone, when there is no plan',
      request: {},
      expected: ['  cluster  default', '  nodes    node-1', '  lost     the Node object (cannot be undone)'],
    },
    {
      name: 'a drain',
      request: { deleteNode: false },
      expected: ['About to drain 1 node:', '  lost     nothing else: the nodes stay, cordoned'],
    },
    {
      name: 'many nodes',
      request: { nodeNames: Array.from({ length: 40 }, (_, index) => `n-${index}`) },
      expected: ['  nodes    n-0, n-1, n-2, n-3, n-4, n-5 and 34 more (1 at once)'],
    },
  ])('shows $name', ({ request, expected }) => {
    const lines = formatConfirmation(decommissionRequest(request), undefined).split('\n');
    expect(lines).toEqual(expect.arrayContaining(expected));
  });

  it('has at most five findings of a kind', () => {
    const findings = Array.from({ length: 8 }, (_, index) => finding('NoOtherNode', 'refusal', `n-${index}`));
    const text = formatConfirmation(decommissionRequest(), decommissionPlan({ findings }));
    expect(text.match(/NoOtherNode:/g)).toHaveLength(5);
    expect(text).toContain('  and 3 more: see `plan`');
  });

  it('shows what the request waits for, and what ends pods in spite of their budgets', () => {
    const request = decommissionRequest({
      ...{ timeoutSeconds: 1800, onTimeout: 'delete', approval: 'beforeNodeDeletion', deadNode: 'outOfService' },
      windows: [{ cron: '0 22 * * 1-5', timeZone: 'Europe/Berlin', durationMinutes: 240 }],
    });
    expect(formatConfirmation(request, undefined)).toContain(
      `
  limit    pods left shortly before 30m 00s of a drain are deleted without
           regard to budgets
  starts   only at \`0 22 * * 1-5\` (Europe/Berlin), for 4h 00m
  waits    each node waits for \`approve\` before its Node object is deleted
           a dead node waits for \`approve --machine-is-off\`, then its last pods
           are deleted by force and their volumes detached`.trimStart(),
    );
  });
});
