import { ZONE_LABEL } from '../cluster/node-state.ts';
import { toNodeMachine } from '../node/node-target.ts';
import type { DecommissionPlan, NodePlan, Placement, PodPlan } from './decommission-plan.ts';
import type { JudgedPlacement } from '../scheduling/judged-placement.ts';
import type { DecommissionRequest } from '../request/decommission-request.ts';
import { awaitsCompletion } from '../eviction/awaits-completion.ts';
import { needsSecondReplica } from '../surge/needs-second-replica.ts';
import { toBudgetPlan } from '../budgets/decision.ts';
import { estimateTask } from '../estimate/estimate-task.ts';
import { checkInStages } from '../preflight/check-preflight.ts';
import type { AssessedNode, AssessedPod } from '../preflight/assess-nodes.ts';
import { assessInStages } from '../preflight/assessment.ts';
import type { PreflightFacts } from '../preflight/facts.ts';
import { finishStages, type Stages } from '../preflight/stages.ts';
import { checkExpectedPlan } from './check-expected-plan.ts';
import { toWorkloadLabel } from '../cluster/workload-index.ts';

/**
 * The plan of a task: what is done with each pod and budget, and the findings of preflight. Nodes that do not exist only have a finding.
 * `createdAt`: RFC 3339. The same facts result in the same plan.
 */
export const planDecommission = (facts: PreflightFacts, createdAt: string): DecommissionPlan =>
  finishStages(planInStages(facts, createdAt));

/** The same in parts: for a large cluster, all together would stop the process for longer than it may. */
export const planInStages = function* (facts: PreflightFacts, createdAt: string): Stages<DecommissionPlan> {
  const assessment = yield* assessInStages(facts);
  const findings = yield* checkInStages(facts, assessment);
  const plan: DecommissionPlan = {
    version: 1,
    taskId: facts.request.taskId,
    cluster: facts.request.cluster,
    clusterIdentity: facts.clusterIdentity,
    ...(facts.clusterAddress === undefined ? {} : { clusterAddress: facts.clusterAddress }),
    createdAt,
    verdict: findings.some(({ severity }) => severity === 'refusal') ? 'Refused' : 'Go',
    nodes: assessment.nodes.map((assessed) => ({
      ...toNodePlan(assessed, facts),
      ...toEstimate(assessment.estimates[assessed.node.name]),
      ...toHostPlan(facts, assessed.node.name),
    })),
    budgets: assessment.decisions.map(toBudgetPlan),
    forecasts: assessment.forecasts,
    ...(facts.request.preflight === 'skip' ? {} : { estimate: estimateTask(Object.values(assessment.estimates)) }),
    findings,
  };
  const changes = checkExpectedPlan(facts.request, plan);
  return changes.length === 0 ? plan : { ...plan, verdict: 'Refused', findings: [...changes, ...findings] };
};

const toNodePlan = (assessed: AssessedNode, { placements, request }: PreflightFacts): NodePlan => {
  const { node, pods } = assessed;
  const zone = node.labels[ZONE_LABEL];
  return {
    ...toNodeMachine(node),
    wasUnschedulable: node.unschedulable,
    ...(zone === undefined ? {} : { zone }),
    leavingPodCount: pods.filter(({ classification: { disposition } }) => disposition !== 'stay').length,
    pods: pods.map((pod) => toPodPlan(pod, placements.byUid[pod.pod.uid], request)),
  };
};

const toEstimate = (estimate: NodePlan['estimate']): Pick<NodePlan, 'estimate'> =>
  estimate === undefined ? {} : { estimate };

const toHostPlan = ({ hosts }: PreflightFacts, nodeName: string): Pick<NodePlan, 'host'> => {
  const check = hosts[nodeName];
  return check?.ok === true ? { host: check.layout } : {};
};

const toPodPlan = (
  { pod, classification, workload }: AssessedPod,
  placement: JudgedPlacement | undefined,
  request: DecommissionRequest,
): PodPlan => ({
  namespace: pod.namespace,
  name: pod.name,
  uid: pod.uid,
  disposition: classification.disposition,
  reason: [
    ...(needsSecondReplica(pod, workload, request) ? ['a second replica first'] : []),
    ...(awaitsCompletion(pod, workload, request) ? ['evicted when its work has ended'] : []),
    ...(classification.reason === '' ? [] : [classification.reason]),
  ].join('; '),
  workload: toWorkloadLabel(workload),
  ...(classification.disposition === 'evict' && placement !== undefined ? { placement: toPlacement(placement) } : {}),
});

const toPlacement = ({ verdict, nodeName, message }: JudgedPlacement): Placement => ({
  verdict,
  ...(nodeName === undefined ? {} : { nodeName }),
  message,
});
