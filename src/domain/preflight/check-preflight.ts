import type { Finding } from '../plan/decommission-plan.ts';
import { compareText } from '../text/compare-text.ts';
import { assess, type Assessment } from './assessment.ts';
import { checkAdmission } from './check-admission.ts';
import { checkBudgets } from './check-budgets.ts';
import { checkEstimates } from './check-estimates.ts';
import { checkHosts } from './check-hosts.ts';
import { checkNodes } from './check-nodes.ts';
import { checkPlacements } from './check-placements.ts';
import { checkPods } from './check-pods.ts';
import { checkRemainingNodes } from './check-remaining-nodes.ts';
import { checkRun } from './check-run.ts';
import { checkServices } from './check-services.ts';
import { checkSurges } from './check-surges.ts';
import { checkTemporal } from './check-temporal.ts';
import { checkVolumes } from './check-volumes.ts';
import { toFinding } from './findings.ts';
import type { PreflightFacts } from './facts.ts';

const SEVERITIES: readonly Finding['severity'][] = ['refusal', 'warning', 'info'];

/** All findings about this run; the most severe first, then by node, subject and code. */
export const checkPreflight = (facts: PreflightFacts): readonly Finding[] => checkAssessment(facts, assess(facts));

/** The same for facts that are already assessed. */
export const checkAssessment = (facts: PreflightFacts, assessment: Assessment): readonly Finding[] =>
  [
    ...checkNodes(facts, assessment),
    ...checkRemainingNodes(facts, assessment),
    ...checkHosts(facts),
    ...checkRun(facts),
    ...checkTemporal(facts),
    ...checkPods(facts, assessment),
    ...checkAdmission(facts),
    ...checkServices(facts, assessment),
    ...checkSurges(facts, assessment),
    ...checkBudgets(facts, assessment),
    ...checkEstimates(facts, assessment),
    ...checkPlacements(facts, assessment),
    ...checkVolumes(facts, assessment),
  ]
    .map((observation) => toFinding(observation, facts.request.preflight))
    .sort(compareFindings);

const compareFindings = (a: Finding, b: Finding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  compareText(a.nodeName ?? '', b.nodeName ?? '') ||
  compareText(a.subject, b.subject) ||
  compareText(a.code, b.code);
