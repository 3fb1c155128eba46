import { describe, expect, it } from '@jest/globals';
import { planDecommission } from '../../../src/domain/plan/plan-decommission.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { owner, pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';
import { countlessWorkload, workloadIndex } from '../../builders/workload.ts';

const workloads = workloadIndex(countlessWorkload('batch/v1', 'Job', 'report'));
const jobPod = pod({
  name: 'report-a',
  controller: owner('batch/v1', 'Job', 'report'),
  emptyDirVolumes: ['scratch'],
  annotations: { 'karpenter.sh/do-not-disrupt': 'true' },
});
const jobs = 'waitForCompletion';

describe('the plan for a pod of a Job', () => {
  it.each<[string, Partial<DecommissionRequest>, string, readonly string[]]>([
    ['evicts it, so that its work starts over', {}, 'refuse', ['EmptyDirData', 'NotSafeToEvict', 'JobStartsOver']],
    ['waits for it, so that nothing is lost', { jobs }, 'evict', ['JobAwaited']],
    [
      'waits for it at most until the limit',
      { jobs, onTimeout: 'delete' },
      'refuse',
      ['EmptyDirData', 'NotSafeToEvict', 'JobAwaited'],
    ],
  ])('%s', (_name, request, disposition, codes) => {
    const plan = planDecommission(preflightFacts({ pods: [jobPod], workloads }, request), '2026-01-01T00:00:00Z');
    expect(plan.nodes[0]?.pods.map((each) => each.disposition)).toEqual([disposition]);
    expect(plan.findings.map(({ code }) => code).sort()).toEqual([...codes].sort());
  });

  it('names the wait, with the pod', () => {
    const plan = planDecommission(preflightFacts({ pods: [jobPod], workloads }, { jobs }), '2026-01-01T00:00:00Z');
    expect(plan.nodes[0]?.pods[0]?.reason).toBe('evicted when its work has ended');
    expect(plan.findings[0]?.message).toBe(
      'pod default/report-a: the drain waits until its work for Job/report has ended.',
    );
    expect(plan.nodes[0]?.estimate).toMatchObject({
      unknown: ['it waits for default/Job/report, and nothing shows how long that runs'],
    });
  });
});
