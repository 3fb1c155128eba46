import { toBudgetName } from '../budgets/covering.ts';
import { judgeEviction } from '../eviction/judge-eviction.ts';
import { toPodName } from '../cluster/pod-state.ts';
import type { PreflightFacts } from './facts.ts';
import type { Assessment } from './assessment.ts';
import type { Observation } from './findings.ts';

/** Budgets that block the drain, for now or permanently, and workloads that stay without a budget. */
export const checkBudgets = (facts: PreflightFacts, assessment: Assessment): readonly Observation[] => [
  ...budgetsThatBlock(assessment),
  ...(facts.request.preflight === 'skip' ? [] : podsUnderSeveralBudgets(facts, assessment)),
  ...workloadsLeftUnprotected(assessment),
];

const budgetsThatBlock = ({ forecasts }: Assessment): readonly Observation[] =>
  forecasts.flatMap(({ verdict, message, remedy, ...budget }): readonly Observation[] => {
    const subject = toBudgetName(budget);
    if (verdict === 'never') {
      const advice = remedy === undefined ? '' : `: ${remedy}`;
      return [{ code: 'BudgetNeverAllows', subject, message: `${message}${advice}` }];
    }
    return verdict === 'waits' ? [{ code: 'BudgetWaits', subject, message }] : [];
  });

const podsUnderSeveralBudgets = ({ budgets }: PreflightFacts, { nodes }: Assessment): readonly Observation[] =>
  nodes
    .flatMap(({ pods }) => pods)
    .filter(({ classification }) => classification.disposition === 'evict' || classification.disposition === 'refuse')
    .filter(({ classification }) => !classification.isDaemonSetPod)
    .flatMap(({ pod }) => {
      const judgement = judgeEviction(pod, budgets);
      if (judgement.kind !== 'multipleBudgets') return [];
      const message = `pod ${toPodName(pod)}: ${judgement.message}: ask the owners of the budgets to keep only one`;
      return [{ code: 'MultipleBudgets' as const, subject: toPodName(pod), nodeName: pod.nodeName, message }];
    });

const workloadsLeftUnprotected = ({ decisions }: Assessment): readonly Observation[] =>
  decisions
    .filter((decision) => decision.action === 'none')
    .flatMap(({ code, namespace, workload, reason }) =>
      code === undefined
        ? []
        : [
            {
              code,
              subject: `${namespace}/${workload}`,
              message: `${workload} in ${namespace} gets no budget: ${reason}`,
            },
          ],
    );
