import { describeEstimate, toRangeText } from '../../domain/estimate/describe-estimate.ts';
import type { DecommissionPlan, NodePlan } from '../../domain/plan/decommission-plan.ts';

/** How long all drains take, and what that assumes; empty when the plan has no estimate, or no pod leaves. Pure. */
export const toTaskEstimateLines = ({ estimate, nodes }: DecommissionPlan): readonly string[] => {
  if (estimate === undefined || nodes.every((node) => node.estimate === undefined)) return [];
  const drains = nodes.length === 1 ? 'the drain' : `all ${nodes.length} drains`;
  const range = toRangeText(estimate) ?? 'unknown, because that of a node is';
  return [`Estimate for ${drains}: ${range}.`, ...estimate.assumptions];
};

/** How long the drain of one node takes, and why. Pure. */
export const toNodeEstimateLines = ({ estimate }: NodePlan): readonly string[] =>
  estimate === undefined ? [] : [`Estimate: ${describeEstimate(estimate)}.`];
