import { describe, expect, it } from '@jest/globals';
import { listPlanChanges } from '../../../src/domain/plan/list-plan-changes.ts';
import type { PlanBasis } from '../../../src/domain/plan/plan-basis.ts';
import { toPlanBasis } from '../../../src/domain/plan/to-plan-basis.ts';
import { planDecommission } from '../../../src/domain/plan/plan-decommission.ts';
import type { PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import { NO_PLACEMENTS } from '../../../src/domain/scheduling/judged-placement.ts';
import { parseRequest } from '../../../src/domain/request/parse-request.ts';
import { drainFacts, webBudget, webPods } from '../../builders/drain-facts.ts';
import { node } from '../../builders/node.ts';
import { barePod, pod } from '../../builders/pod.ts';
import { unplaced } from '../../builders/placements.ts';
import { PODS_ELSEWHERE, preflightFacts } from '../../builders/preflight-facts.ts';

const CREATED_AT = '2026-01-01T00:00:00Z';
const nodes = [node(), node({ name: 'node-2' })];

const toBasis = (facts: Partial<PreflightFacts> = {}): PlanBasis =>
  toPlanBasis(planDecommission(preflightFacts({ nodes, ...facts }), CREATED_AT));

const basis = (over: Partial<PlanBasis> = {}): PlanBasis => ({
  version: 1,
  createdAt: CREATED_AT,
  kubeSystemUid: 'uid-kube-system',
  nodes: [
    {
      nodeName: 'node-1',
      nodeUid: 'uid-node-1',
      leavingPods: { 'default Deployment/web': 2 },
      touched: ['directory /var/lib/kubelet', 'unit kubelet.service'],
    },
  ],
  budgets: ['create default/web-pdb for Deployment/web (25%)'],
  findings: { 'BudgetWaits of default/api': 1 },
  ...over,
});

describe('toPlanBasis', () => {
  it('counts the pods that leave by workload, and lists budgets and problems', () => {
    expect(toBasis()).toEqual({
      version: 1,
      createdAt: CREATED_AT,
      kubeSystemUid: 'uid-kube-system',
      nodes: [{ nodeName: 'node-1', nodeUid: 'uid-node-1', leavingPods: { 'default Deployment/web': 1 } }],
      budgets: ['create default/web-pdb for Deployment/web (25%)'],
      findings: {},
    });
  });

  it('is the same when a pod was replaced by another one of its workload', () => {
    const replaced = pod({ name: 'web-1-b', uid: 'uid-of-the-replacement' });
    expect(toBasis({ pods: [replaced, ...PODS_ELSEWHERE] })).toEqual(toBasis());
  });

  it('names the workload of a pod in a finding, and a bare pod by itself', () => {
    const { findings } = toBasis({
      nodes: [node()],
      pods: [pod(), barePod({ name: 'alone' }), ...PODS_ELSEWHERE],
      placements: { ...NO_PLACEMENTS, byUid: { [pod().uid]: unplaced() } },
    });
    expect(findings).toEqual({
      'BarePod of default pod alone': 1,
      'NoOtherNode of node-1': 1,
      'PodDoesNotFit of default Deployment/web': 1,
    });
  });

  it('does not contain the estimate, which differs from plan to plan', () => {
    const slow = drainFacts({ pods: webPods(5), budgets: [webBudget(2)] }, { timeoutSeconds: 60 });
    const plan = planDecommission(slow, CREATED_AT);
    expect(plan.findings.map(({ code }) => code)).toContain('DrainMayExceedTimeout');
    expect(plan.nodes[0]).toHaveProperty('estimate');
    const text = JSON.stringify(toPlanBasis(plan));
    expect(text).not.toContain('DrainMayExceedTimeout');
    expect(text).not.toContain('estimate');
  });

  it('is accepted in a request as it is written', () => {
    const expectedPlan = JSON.parse(JSON.stringify(toBasis())) as unknown;
    const parsed = parseRequest({ nodeNames: ['node-1'], expectedPlan });
    expect(parsed).toMatchObject({ kind: 'valid', request: { expectedPlan: toBasis() } });
  });
});

describe('listPlanChanges', () => {
  const [one] = basis().nodes;
  const rows: [name: string, now: Partial<PlanBasis>, changes: readonly string[]][] = [
    ['nothing', {}, []],
    ['another time', { createdAt: '2026-01-02T00:00:00Z' }, []],
    ['another cluster', { kubeSystemUid: 'other' }, ['it is another cluster']],
    [
      'a node that was created again',
      { nodes: [{ ...one!, nodeUid: 'other' }] },
      ['node node-1 is another object of the same name'],
    ],
    ['a node more', { nodes: [one!, { ...one!, nodeName: 'node-2' }] }, ['node node-2 is not part of it']],
    ['fewer pods', { nodes: [{ ...one!, leavingPods: { 'default Deployment/web': 1 } }] }, []],
    [
      'more pods of a workload',
      { nodes: [{ ...one!, leavingPods: { 'default Deployment/web': 3 } }] },
      ['3 pods of default Deployment/web would leave node node-1, planned were 2'],
    ],
    [
      'a new workload',
      { nodes: [{ ...one!, leavingPods: { 'default StatefulSet/db': 1 } }] },
      ['1 pod of default StatefulSet/db would leave node node-1, planned were none'],
    ],
    [
      'a unit more on the host',
      { nodes: [{ ...one!, touched: ['unit containerd.service', 'unit kubelet.service'] }] },
      ['the cleanup of the host of node node-1 would touch unit containerd.service'],
    ],
    [
      'another budget',
      { budgets: ['annotate default/web for Deployment/web'] },
      ['the run would annotate default/web for Deployment/web'],
    ],
    ['a finding that is gone', { findings: {} }, []],
    [
      'a new finding',
      { findings: { 'PodDoesNotFit of default Deployment/web': 1 } },
      ['new finding PodDoesNotFit of default Deployment/web'],
    ],
    [
      'a finding more often',
      { findings: { 'BudgetWaits of default/api': 2 } },
      ['finding BudgetWaits of default/api occurs 2 times, not 1'],
    ],
  ];

  it.each(rows)('finds %s', (_name, now, changes) => {
    expect(listPlanChanges(basis(), basis(now))).toEqual(changes);
  });

  it('does not compare a host that the plan did not check', () => {
    const { touched: _touched, ...unchecked } = one!;
    expect(listPlanChanges(basis({ nodes: [unchecked] }), basis())).toEqual([]);
  });
});

it('leaves out warnings that only a worker, or only an identity with other permissions, can find', () => {
  const answer = { kind: 'overQuota', message: 'exceeded quota: q' } as const;
  const controller = pod().controller!;
  const trial = { pod: pod(), controller, workload: 'Deployment/web', answer };
  expect(toBasis({ replacementTrials: [trial], isOwnPodUnknown: true })).toEqual(toBasis());
});

describe('a run that is held to a plan', () => {
  const plan = (pods: PreflightFacts['pods']) => {
    const facts = preflightFacts({ nodes, pods: [...pods, ...PODS_ELSEWHERE] });
    return planDecommission({ ...facts, request: { ...facts.request, expectedPlan: toBasis() } }, CREATED_AT);
  };

  it('is not refused while the plan holds', () => {
    expect(plan([pod()])).toMatchObject({ verdict: 'Go', findings: [] });
  });

  it('is refused with the difference, whatever the preflight mode is', () => {
    expect(plan([pod(), pod({ name: 'web-1-d' })])).toMatchObject({
      verdict: 'Refused',
      findings: [
        {
          code: 'PlanChanged',
          severity: 'refusal',
          subject: 'node-1',
          message:
            `the plan of ${CREATED_AT} no longer holds: 2 pods of default Deployment/web would leave node node-1, planned was 1: ` +
            'make a new plan, and have it approved.',
        },
      ],
    });
  });
});
