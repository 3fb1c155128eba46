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
import { toFinding, type Observation } from './findings.ts';
import type { PreflightFacts } from './facts.ts';
import { finishStages, type Stages } from './stages.ts';

const SEVERITIES: readonly Finding['severity'][] = ['refusal', 'warning', 'info'];

type Check = (facts: PreflightFacts, assessment: Assessment) => readonly Observation[];

const CHECKS: readonly Check[] = [
  checkNodes,
  checkRemainingNodes,
  checkHosts,
  checkRun,
  checkTemporal,
  checkPods,
  checkAdmission,
  checkServices,
  checkSurges,
  checkBudgets,
  checkEstimates,
  checkPlacements,
  checkVolumes,
];

/** All findings about this run; the most severe first, then by node, subject and code. */
export const checkPreflight = (facts: PreflightFacts): readonly Finding[] =>
  finishStages(checkInStages(facts, assess(facts)));

/** The same for facts that are already assessed. */
export const checkInStages = function* (facts: PreflightFacts, assessment: Assessment): Stages<readonly Finding[]> {
  const observations: Observation[] = [];
  for (const check of CHECKS) {
    observations.push(...check(facts, assessment));
    yield;
  }
  return observations.map((observation) => toFinding(observation, facts.request.preflight)).sort(compareFindings);
};

const compareFindings = (a: Finding, b: Finding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  compareText(a.nodeName ?? '', b.nodeName ?? '') ||
  compareText(a.subject, b.subject) ||
  compareText(a.code, b.code);
