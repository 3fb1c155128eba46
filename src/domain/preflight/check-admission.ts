import { toBudgetName } from '../budgets/covering.ts';
import { toPodName } from '../cluster/pod-state.ts';
import { withoutFullStop } from '../text/join-sentences.ts';
import type { BudgetTrial, ReplacementTrial } from './creation-trial.ts';
import type { PreflightFacts } from './facts.ts';
import type { Observation } from './findings.ts';

/** Replacements and budgets whose creation the API server refuses in a dry run. */
export const checkAdmission = ({ replacementTrials, budgetTrials }: PreflightFacts): readonly Observation[] => [
  ...replacementTrials.flatMap(checkReplacement),
  ...budgetTrials.flatMap(checkBudget),
];

const checkReplacement = ({ pod, workload, answer }: ReplacementTrial): readonly Observation[] => {
  const subject = `${pod.namespace}/${workload}`;
  const what = `a replacement of pod ${toPodName(pod)} of ${workload}`;
  switch (answer.kind) {
    case 'admitted':
    case 'namespaceTerminating':
      return [];
    case 'denied':
      return [
        {
          code: 'ReplacementDenied',
          subject,
          message: `a dry run of ${what} was denied (${withoutFullStop(answer.message)}), so evicted pods would not come back: change the pod template, or ask the owner of the policy`,
        },
      ];
    // A terminating pod counts until its grace period has passed (k/k `pkg/quota/v1/evaluator/core`, `QuotaV1Pod`).
    case 'overQuota':
      return [
        {
          code: 'ReplacementOverQuota',
          subject,
          message: `${what} exceeds a quota while that pod exists (${withoutFullStop(answer.message)}), so it is created only after that pod has ended; if its template requests more than that pod, not even then: raise the quota`,
        },
      ];
    case 'unknown':
      return [notChecked(subject, `whether ${what} would be admitted (${withoutFullStop(answer.message)})`)];
  }
};

const checkBudget = ({ answer, ...budget }: BudgetTrial): readonly Observation[] => {
  const subject = toBudgetName(budget);
  switch (answer.kind) {
    case 'admitted':
    case 'namespaceTerminating':
      return [];
    case 'denied':
    case 'overQuota':
      return [
        {
          code: 'BudgetCreationDenied',
          subject,
          message: `the API server denied a dry-run creation of budget ${subject} (${withoutFullStop(answer.message)}), which the run creates before it evicts: check the webhook, policy or quota that denies it, or create a budget for the workload first`,
        },
      ];
    case 'unknown':
      return [notChecked(subject, `whether budget ${subject} can be created (${withoutFullStop(answer.message)})`)];
  }
};

const notChecked = (subject: string, what: string): Observation => ({
  code: 'NotChecked',
  subject,
  message: `not checked: ${what}`,
});
