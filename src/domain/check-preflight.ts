import type { Finding } from './plan.ts';
import { compareText } from './compare-text.ts';
import { assess, type Assessment } from './preflight/assessment.ts';
import { checkBudgets } from './preflight/check-budgets.ts';
import { checkHosts } from './preflight/check-hosts.ts';
import { checkNodes } from './preflight/check-nodes.ts';
import { checkPlacements } from './preflight/check-placements.ts';
import { checkPods } from './preflight/check-pods.ts';
import { checkRun } from './preflight/check-run.ts';
import { toFinding } from './preflight/to-finding.ts';
import type { PreflightFacts } from './preflight-facts.ts';

const SEVERITIES: readonly Finding['severity'][] = ['refusal', 'warning', 'info'];

/** Everything that speaks against this run or that its reader should know; gravest first, then by node, subject and code. */
export const checkPreflight = (facts: PreflightFacts): readonly Finding[] => checkAssessment(facts, assess(facts));

/** The same for facts that were assessed already. */
export const checkAssessment = (facts: PreflightFacts, assessment: Assessment): readonly Finding[] =>
  [
    ...checkNodes(facts, assessment),
    ...checkHosts(facts),
    ...checkRun(facts),
    ...checkPods(facts, assessment),
    ...checkBudgets(facts, assessment),
    ...checkPlacements(assessment),
  ]
    .map((observation) => toFinding(observation, facts.request.preflight))
    .sort(compareFindings);

const compareFindings = (a: Finding, b: Finding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  compareText(a.nodeName ?? '', b.nodeName ?? '') ||
  compareText(a.subject, b.subject) ||
  compareText(a.code, b.code);
