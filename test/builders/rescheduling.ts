import type { PodFacts } from '../../src/domain/cluster/facts.ts';
import { assessNodes, findPodsToMove } from '../../src/domain/preflight/assess-nodes.ts';
import type { PreflightFacts } from '../../src/domain/preflight/facts.ts';
import { judgeTrials } from '../../src/domain/scheduling/judge-trials.ts';
import type { JudgedPlacements } from '../../src/domain/scheduling/judged-placement.ts';
import { planTrials } from '../../src/domain/scheduling/plan-trials.ts';
import { withOwnUids } from '../../src/domain/scheduling/second-replicas.ts';
import { toRescheduling, type Rescheduling, type ReschedulingFacts } from '../../src/domain/scheduling/rescheduling.ts';
import { tryPlacement } from '../fakes/fake-scheduler.ts';
import { node } from './node.ts';
import { schedulerFacts } from './observed-scheduler-facts.ts';

/** These pods leave `node-1`, which is deleted; `node-2` has 4 free cores. */
export const rescheduling = (moved: readonly PodFacts[], overrides: Partial<ReschedulingFacts> = {}): Rescheduling => {
  const { nodes = [node(), node({ name: 'node-2' })], pods = moved } = overrides;
  return toRescheduling({
    nodes,
    pods,
    podsToMove: moved,
    workloads: {},
    scheduling: schedulerFacts(nodes, pods),
    removedNodeNames: ['node-1'],
    deletesNodes: true,
    ...overrides,
  });
};

/** The judgement after all planned trials, which a `FakeScheduler` answers. */
export const judge = (facts: Rescheduling): JudgedPlacements =>
  judgeTrials(
    facts,
    [...planTrials(facts)].map((trial) => withOwnUids({ trial, result: tryPlacement(facts.scheduling, trial) })),
  );

/** The facts with the placements of those pods that move, as `readPreflightFacts` finds them. */
export const withPlacements = (facts: PreflightFacts): PreflightFacts => ({
  ...facts,
  placements: judge(
    rescheduling(findPodsToMove(assessNodes(facts)), {
      nodes: facts.nodes,
      pods: facts.pods,
      workloads: facts.workloads,
      removedNodeNames: facts.request.nodeNames,
      deletesNodes: facts.request.deleteNode,
    }),
  ),
});
