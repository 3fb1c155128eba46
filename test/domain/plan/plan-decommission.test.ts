import { describe, expect, it } from '@jest/globals';
import { planDecommission } from '../../../src/domain/plan/plan-decommission.ts';
import { NO_PLACEMENTS } from '../../../src/domain/scheduling/judged-placement.ts';
import { budget } from '../../builders/budget.ts';
import { node } from '../../builders/node.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';
import { withPlacements } from '../../builders/rescheduling.ts';
import { selector } from '../../builders/workload.ts';

const createdAt = '2026-01-01T00:00:00Z';

describe('planDecommission', () => {
  it('plans each pod and budget of a healthy node', () => {
    const facts = preflightFacts({ nodes: [node({ machineID: 'm', unschedulable: false }), node({ name: 'node-2' })] });

    expect(planDecommission(facts, createdAt)).toEqual({
      version: 1,
      taskId: '42',
      cluster: 'default',
      clusterIdentity: { kubeSystemUid: 'uid-kube-system', caHashes: [] },
      createdAt,
      verdict: 'Go',
      nodes: [
        {
          nodeName: 'node-1',
          nodeUid: 'uid-node-1',
          machineID: 'm',
          systemUUID: '',
          bootID: '',
          addresses: [],
          wasUnschedulable: false,
          leavingPodCount: 1,
          estimate: { likelySeconds: 0, longestSeconds: 30, graceSeconds: 30, turns: [], unknown: [] },
          pods: [
            {
              namespace: 'default',
              name: 'web-1-a',
              uid: 'uid-default-web-1-a',
              disposition: 'evict',
              reason: '',
              workload: 'Deployment/web',
              placement: { verdict: 'fits', nodeName: 'node-2', message: 'node-2 has room' },
            },
          ],
        },
      ],
      budgets: [
        {
          action: 'create',
          namespace: 'default',
          name: 'web-pdb',
          workload: 'Deployment/web',
          maxUnavailable: '25%',
          reason: 'it has no budget; 1 of 3 replicas may be unavailable at once',
        },
      ],
      forecasts: [
        {
          namespace: 'default',
          name: 'web-pdb',
          allowedNow: 1,
          needed: 1,
          verdict: 'enough',
          message: 'budget default/web-pdb, which this run would create, allows 1 eviction now, and the nodes need 1',
        },
      ],
      estimate: { likelySeconds: 0, longestSeconds: 30, assumptions: expect.any(Array) },
      findings: [],
    });
  });

  it('omits placements, forecasts and estimates, but not budgets, when preflight is skipped', () => {
    const all = budget({ name: 'all', selector: selector({}), disruptionsAllowed: 0, desiredHealthy: 3 });
    const facts = preflightFacts({ budgets: [all], placements: NO_PLACEMENTS }, { preflight: 'skip' });
    const plan = planDecommission(facts, createdAt);

    expect(plan.nodes[0]?.pods[0]).not.toHaveProperty('placement');
    expect(plan.forecasts).toEqual([]);
    expect(plan).not.toHaveProperty('estimate');
    expect(plan.nodes[0]).not.toHaveProperty('estimate');
    expect(plan.budgets).toHaveLength(1);
    expect(plan.verdict).toBe('Go');
  });

  it('has a placement only for pods that are recreated', () => {
    const pods = [
      pod({ name: 'a-live' }),
      barePod({ name: 'b-bare' }),
      pod({ name: 'c-finished', phase: 'Succeeded' }),
      pod({ name: 'd-terminating', deletionTimestamp: createdAt }),
      pod({ name: 'e-mirror', mirror: true, controller: owner('v1', 'Node', 'node-1') }),
    ];
    const facts = withPlacements(preflightFacts({ pods }, { force: true }));
    const plan = planDecommission(facts, createdAt);

    expect(
      plan.nodes[0]?.pods.map(({ name, disposition, placement }) => [name, disposition, placement?.verdict]),
    ).toEqual([
      ['a-live', 'evict', 'fits'],
      ['b-bare', 'evict', undefined],
      ['c-finished', 'evict', undefined],
      ['d-terminating', 'wait', undefined],
      ['e-mirror', 'stay', undefined],
    ]);
  });

  it('has the zone of each node, and how many of its pods leave', () => {
    const nodes = [
      node({ labels: { 'topology.kubernetes.io/zone': 'a' } }),
      node({ name: 'node-2' }),
      node({ name: 'node-3' }),
    ];
    const pods = [
      pod({ name: 'a' }),
      pod({ name: 'b' }),
      pod({ name: 'c', mirror: true, controller: owner('v1', 'Node', 'node-1') }),
    ];
    const facts = withPlacements(preflightFacts({ nodes, pods }, { nodeNames: ['node-1', 'node-2'] }));
    const plan = planDecommission(facts, createdAt);

    expect(plan.nodes.map(({ zone, leavingPodCount }) => [zone, leavingPodCount])).toEqual([
      ['a', 2],
      [undefined, 0],
    ]);
  });

  it('keeps the order of the request and excludes all its nodes from the trials', () => {
    const facts = withPlacements(preflightFacts({}, { nodeNames: ['node-2', 'node-1'] }));
    const plan = planDecommission(facts, createdAt);

    expect(plan.nodes.map(({ nodeName }) => nodeName)).toEqual(['node-2', 'node-1']);
    expect(plan.findings.map(({ code }) => code)).toEqual([
      'BudgetNeverAllows',
      'NoOtherNode',
      'PodDoesNotFit',
      'PodDoesNotFit',
      'PodDoesNotFit',
    ]);
  });

  it('refuses when one finding refuses, and still plans the nodes that exist', () => {
    const plan = planDecommission(preflightFacts({}, { nodeNames: ['node-1', 'node-9'] }), createdAt);

    expect(plan.verdict).toBe('Refused');
    expect(plan.nodes.map(({ nodeName }) => nodeName)).toEqual(['node-1']);
    expect(plan.findings).toEqual([expect.objectContaining({ code: 'NodeNotFound', subject: 'node-9' })]);
  });

  it('returns the same plan for the same facts in another order', () => {
    const pods = [pod({ name: 'b' }), pod({ name: 'a' }), barePod({ name: 'c' })];
    const plan = planDecommission(preflightFacts({ pods }), createdAt);

    expect(planDecommission(preflightFacts({ pods: [...pods].reverse() }), createdAt)).toEqual(plan);
  });
});
