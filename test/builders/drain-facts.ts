import type { DrainEstimate } from '../../src/domain/estimate/drain-estimate.ts';
import type { DisruptionBudgetFacts, PodFacts } from '../../src/domain/cluster/facts.ts';
import type { PreflightFacts } from '../../src/domain/preflight/facts.ts';
import { assess } from '../../src/domain/preflight/assessment.ts';
import type { DecommissionRequest } from '../../src/domain/request/decommission-request.ts';
import { budget } from './budget.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { preflightFacts } from './preflight-facts.ts';
import { replicaSet, workload, workloadIndex } from './workload.ts';

/** Ready pods of Deployment `web`, `count` of them on this node, each Ready after 40 s. */
export const webPods = (count: number, overrides: Partial<PodFacts> = {}): readonly PodFacts[] =>
  Array.from({ length: count }, (_, index) =>
    pod({ name: `web-${overrides.nodeName ?? 'node-1'}-${index}`, secondsToReady: 40, ...overrides }),
  );

/** Budget `default/web-pdb` that allows this many of ten pods. */
export const webBudget = (allowed: number, overrides: Partial<DisruptionBudgetFacts> = {}): DisruptionBudgetFacts =>
  budget({
    expectedPods: 10,
    currentHealthy: 10,
    desiredHealthy: 10 - allowed,
    disruptionsAllowed: allowed,
    ...overrides,
  });

/** `node-1` and `node-2` with these pods; Deployment `web` has ten replicas. */
export const drainFacts = (
  overrides: Partial<PreflightFacts>,
  request: Partial<DecommissionRequest> = {},
): PreflightFacts =>
  preflightFacts(
    {
      nodes: [node(), node({ name: 'node-2' }), node({ name: 'node-3' })],
      workloads: workloadIndex(replicaSet({ replicas: 10 }), workload({ replicas: 10 })),
      ...overrides,
    },
    request,
  );

/** By node name, as a plan contains them. */
export const estimatesOf = (facts: PreflightFacts): Readonly<Record<string, DrainEstimate>> => assess(facts).estimates;

/** Five pods of `web` leave in three rounds of 40 s, two at a time. */
export const drainEstimate = (overrides: Partial<DrainEstimate> = {}): DrainEstimate => ({
  likelySeconds: 80,
  longestSeconds: 110,
  graceSeconds: 30,
  turns: [
    {
      budget: 'default/web-pdb',
      workloads: ['default/Deployment/web'],
      evictions: 5,
      atOnce: 2,
      rounds: 3,
      recovery: { likelySeconds: 40, longestSeconds: 40 },
    },
  ],
  unknown: [],
  ...overrides,
});
