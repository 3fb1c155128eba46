import type { CountOrPercent } from '../request/decommission-request.ts';
import type { LabelSelector } from '../cluster/facts.ts';
import type { BudgetPlan, FindingCode } from '../plan/decommission-plan.ts';

/** What to do about the budget of one workload, with everything needed to do it. */
export type BudgetDecision = CreateBudget | AnnotateBudget | LeaveBudget;

export interface CreateBudget extends BudgetPlan {
  readonly action: 'create';
  readonly selector: LabelSelector;
  readonly maxUnavailable: CountOrPercent;
}

export interface AnnotateBudget extends BudgetPlan {
  readonly action: 'annotate';
  /** Of the budget that the decision is based on. */
  readonly uid: string;
  readonly resourceVersion: string;
}

export interface LeaveBudget extends BudgetPlan {
  readonly action: 'none';
  /** Set when pods of the workload stay unprotected although it needs a budget. */
  readonly code?: Extract<FindingCode, 'BudgetWouldOverlap' | 'WorkloadUnprotected'>;
}

/** The part for plans and reports. */
export const toBudgetPlan = (decision: BudgetDecision): BudgetPlan => ({
  action: decision.action,
  namespace: decision.namespace,
  name: decision.name,
  workload: decision.workload,
  reason: decision.reason,
  ...(decision.action === 'create' ? { maxUnavailable: decision.maxUnavailable } : {}),
});
