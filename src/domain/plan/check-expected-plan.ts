import { toFinding } from '../preflight/findings.ts';
import type { DecommissionRequest } from '../request/decommission-request.ts';
import { toShortList } from '../text/counts.ts';
import type { DecommissionPlan, Finding } from './decommission-plan.ts';
import { listPlanChanges } from './list-plan-changes.ts';
import { toPlanBasis } from './to-plan-basis.ts';

const MAXIMUM_LISTED = 10;

/** A refusal with the differences if the request names an approved plan and a run would do more than that; else none. Pure. */
export const checkExpectedPlan = (
  { expectedPlan, nodeNames, preflight }: DecommissionRequest,
  plan: DecommissionPlan,
): readonly Finding[] => {
  if (expectedPlan === undefined) return [];
  const changes = listPlanChanges(expectedPlan, toPlanBasis(plan));
  if (changes.length === 0) return [];
  const message =
    `the plan of ${expectedPlan.createdAt} no longer holds: ${toShortList(changes, MAXIMUM_LISTED, '; ')}: ` +
    'make a new plan, and have it approved';
  return [toFinding({ code: 'PlanChanged', subject: nodeNames.join(', '), message }, preflight)];
};
