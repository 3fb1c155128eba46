import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DecommissionPlan } from '../../src/domain/plan/decommission-plan.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import { createOperatorWorkloads } from './operators/create-operator-workloads.ts';

/** docs/workloads.md explains each line. Read with exactly the rights of deploy/rbac.yaml. */
describe('the plan for a node with the workloads of six operators', () => {
  let harness: Harness;
  let plan: DecommissionPlan;

  beforeAll(async () => {
    harness = await startHarness();
    await createOperatorWorkloads(harness.stack);
    const { stdout } = await harness.runCli(['plan', 'node-1', '--host-cleanup', 'skip', '-o', 'json']);
    plan = JSON.parse(stdout) as DecommissionPlan;
  });

  afterAll(async () => {
    await harness.stop();
  });

  it('names each owner by its own kind, and what happens to its pod', () => {
    const pods = plan.nodes.flatMap((node) => node.pods);
    const rows = pods.map(
      ({ workload, disposition, placement }) => `${workload}: ${disposition} ${placement?.verdict ?? '-'}`,
    );
    expect(rows.sort()).toEqual([
      'CloneSet/clone: evict fits',
      'Cluster/pg: refuse -',
      'Cluster/solo: refuse -',
      'DaemonSet/agent: stay -',
      'Processor/stream: evict fits',
      'Rollout/web: evict fits',
      'StrimziPodSet/events-broker: evict fits',
      'StrimziPodSet/plain-broker: evict fits',
      'StrimziPodSet/strict-broker: evict fits',
    ]);
  });

  it('creates budgets only where the operator has none, with the replicas of the scale subresource', () => {
    expect(plan.budgets.map(({ workload, action, reason }) => `${workload}: ${action}, ${reason}`)).toEqual([
      'CloneSet/clone: create, it has no budget; 1 of 3 replicas may be unavailable at once',
      'Cluster/pg: none, it is already covered by shop/pg-primary and shop/pg',
      'Cluster/solo: none, it is already covered by shop/solo-primary',
      'Rollout/web: create, it has no budget; 1 of 3 replicas may be unavailable at once',
      'StrimziPodSet/plain-broker: none, its number of replicas is unknown, and no budget covers pod shop/plain-broker-0: ask its owner for one',
    ]);
  });

  it('forecasts the budgets of the operators', () => {
    const rows = plan.forecasts.map(
      ({ name, allowedNow, needed, verdict }) => `${name}: ${allowedNow} of ${needed} ${verdict}`,
    );
    expect(rows).toEqual([
      'clone-pdb: 1 of 1 enough',
      'events-kafka: 1 of 1 enough',
      'pg-primary: 0 of 1 waits',
      'solo-primary: 0 of 1 never',
      'strict-kafka: 0 of 1 never',
      'web-pdb: 1 of 1 enough',
    ]);
  });

  it.each([
    [
      'BudgetWaits',
      'shop/pg-primary',
      'evictions wait until CloudNativePG has moved the primary off the cordoned node',
    ],
    ['BudgetNeverAllows', 'shop/solo-primary', 'Cluster shop/solo (CloudNativePG) to set spec.instances to at least 2'],
    ['BudgetNeverAllows', 'shop/strict-kafka', 'annotate these pods with strimzi.io/manual-rolling-update: "true"'],
    ['SingleReplica', 'shop/solo-1', 'Cluster/solo has a replica count of 1'],
    [
      'WorkloadUnprotected',
      'shop/StrimziPodSet/plain-broker',
      'its number of replicas is unknown, and no budget covers pod',
    ],
    ['SingleReplica', 'shop/stream-node-1', 'grant `get` on kind Processor of API group streams.example.com'],
    ['EmptyDirData', 'shop/pg-1', 'scratch-data'],
    ['EmptyDirData', 'shop/solo-1', 'scratch-data'],
  ])('%s of %s: %s', (code, subject, text) => {
    const findings = plan.findings.filter((finding) => finding.code === code && finding.subject === subject);
    expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining(text)]);
  });

  it('reports nothing else', () => {
    expect(plan.findings.filter(({ severity }) => severity !== 'info')).toHaveLength(8);
  });
});
