import { describe, expect, it } from '@jest/globals';
import { compactPlan } from '../../../src/activities/plan/compact-plan.ts';
import type { DecommissionPlan, Finding, PodPlan } from '../../../src/domain/plan/decommission-plan.ts';
import { toPlannedWorkloads } from '../../../src/domain/plan/planned-workloads.ts';
import { decommissionPlan, nodePlan, podPlan } from '../../builders/decommission-plan.ts';
import { drainEstimate } from '../../builders/drain-facts.ts';
import { hostLayout } from '../../builders/host-facts.ts';

const LONG = 'x'.repeat(1000);

const pods = (count: number, overrides: Partial<PodPlan>): PodPlan[] =>
  Array.from({ length: count }, (_, index) => podPlan({ name: `pod-${index}`, reason: LONG, ...overrides }));
const findings = (count: number, code: Finding['code'], severity: Finding['severity']): Finding[] =>
  Array.from({ length: count }, (_, index) => ({ code, severity, subject: `pod-${index}`, message: LONG }));
const podCounts = ({ nodes }: DecommissionPlan): readonly number[] => nodes.map((node) => node.pods.length);

describe('compactPlan', () => {
  it('leaves a plan that is small enough unchanged', () => {
    const plan = decommissionPlan({ nodes: [nodePlan({ pods: pods(100, {}) })] });
    expect(compactPlan(plan)).toBe(plan);
  });

  it('else omits the pods without a problem, and a finding reports it', () => {
    const refused = pods(3, { disposition: 'refuse' });
    const homeless = pods(2, { placement: { verdict: 'doesNotFit', message: '' } });
    const settled = pods(1500, { placement: { verdict: 'fits', message: '' } });
    const [finding] = findings(1, 'SingleReplica', 'warning');
    const plan = decommissionPlan({
      nodes: [nodePlan({ pods: [...settled, ...refused] }), nodePlan({ nodeName: 'node-2', pods: homeless })],
      findings: [finding!],
    });
    const compact = compactPlan(plan);
    expect(podCounts(compact)).toEqual([3, 2]);
    expect(compact.findings[0]).toBe(finding);
    expect(compact.findings[1]?.message).toContain('1500 pods that can move or stay are omitted');
  });

  it('else omits all pods, and keeps the first 50 findings of each kind', () => {
    const plan = decommissionPlan({
      verdict: 'Refused',
      nodes: [nodePlan({ pods: pods(1500, { disposition: 'refuse' }) })],
      findings: [...findings(1500, 'PodDoesNotFit', 'refusal'), ...findings(2, 'BarePod', 'refusal')],
    });
    const compact = compactPlan(plan);
    expect(compact.verdict).toBe('Refused');
    expect(podCounts(compact)).toEqual([0]);
    expect(compact.findings.filter(({ severity }) => severity === 'refusal')).toHaveLength(52);
    expect(compact.findings.filter(({ severity }) => severity === 'info').map(({ message }) => message)).toEqual([
      'the plan is too large to list every pod: 1500 pods are omitted from the list; all pods were checked',
      'the plan is too large to list every finding: 1450 more of refusal PodDoesNotFit',
    ]);
  });

  it('keeps the workloads of 40 nodes with 110 pods each, so that none of them counts as new later', () => {
    const nodes = Array.from({ length: 40 }, (_, index) =>
      nodePlan({
        nodeName: `node-${index}`,
        pods: pods(110, { placement: { verdict: 'fits', message: '' } }).map((pod, place) => ({
          ...pod,
          workload: `Deployment/web-${place % 7}`,
        })),
      }),
    );
    const plan = decommissionPlan({ nodes });
    const compact = compactPlan(plan);
    expect(podCounts(compact)).toEqual(nodes.map(() => 0));
    expect(compact.nodes.map(({ unlistedPodCount }) => unlistedPodCount)).toEqual(nodes.map(() => 110));
    expect(toPlannedWorkloads(compact)).toEqual(toPlannedWorkloads(plan));
  });

  it('then omits what the estimates rest on, before the workloads', () => {
    const turns = [{ budget: LONG, workloads: [LONG], evictions: 3, atOnce: 1, rounds: 3 }];
    const nodes = Array.from({ length: 600 }, (_, index) =>
      nodePlan({ nodeName: `node-${index}`, pods: pods(1, {}), estimate: drainEstimate({ turns }) }),
    );
    const compact = compactPlan(decommissionPlan({ nodes }));
    expect(compact.nodes[599]?.estimate).toEqual(drainEstimate({ turns: [] }));
    expect(toPlannedWorkloads(compact).get('node-599')).toEqual(['default/Deployment/web']);
  });

  it('knows of no workload that it is new when even the workloads are too many', () => {
    const nodes = Array.from({ length: 20 }, (_, index) =>
      nodePlan({
        nodeName: `node-${index}`,
        pods: pods(60, {}).map((pod, place) => ({ ...pod, workload: `Deployment/${LONG}-${place}` })),
      }),
    );
    const compact = compactPlan(decommissionPlan({ nodes }));
    expect(JSON.stringify(compact).length).toBeLessThan(1_000_000);
    expect([...toPlannedWorkloads(compact).keys()]).toEqual([]);
  });

  it('omits with the pods what stays on the hosts, and keeps what the stages may touch', () => {
    const { touched } = hostLayout().preview;
    const host = hostLayout({ preview: { touched, kept: [{ kind: 'link', name: 'cni0', detail: '' }] } });
    const refused = pods(1500, { disposition: 'refuse' });
    const compact = compactPlan(
      decommissionPlan({ nodes: [nodePlan({ pods: refused, host }), nodePlan({ nodeName: 'node-2' })] }),
    );
    expect(compact.nodes.map((node) => node.host?.preview)).toEqual([{ touched, kept: [] }, undefined]);
    expect(compact.findings.at(-1)?.message).toContain('`doctor` lists it');
  });
});
