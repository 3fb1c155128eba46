import { toRangeText } from '../../domain/estimate/describe-estimate.ts';
import type { DecommissionPlan, Finding, NodePlan } from '../../domain/plan/decommission-plan.ts';
import type { PreflightVerdict } from '../../domain/plan/preflight-verdict.ts';
import { toCountText } from '../../domain/text/counts.ts';
import { toAddressLines } from './address-text.ts';
import { toNodeEstimateLines, toTaskEstimateLines } from './estimate-text.ts';
import { toFindingGroups } from './finding-groups.ts';
import { toFindingText } from './finding-text.ts';
import { PLAIN, type Paint } from './paint.ts';
import { toBudgetTable, toForecastTable, toPodTable, type PlanTable } from './plan-tables.ts';
import { toPodCounts } from './pod-counts.ts';
import { toPreviewLines } from './preview-lines.ts';
import { toTextTable } from './text-table.ts';

/**
 * A plan as text: the verdict, refusals and warnings, the time, then what would happen to each pod and on each host. `isWide`: every pod, also of a
 * node with many. Pure.
 */
export const formatPlan = (plan: DecommissionPlan, paint: Paint = PLAIN, isWide = false): string => {
  const sections = [
    [toVerdictLine(plan, paint), ...toAddressLines(plan.clusterAddress)],
    ...toProblemSections(plan, paint),
    toTaskEstimateLines(plan),
    ...plan.nodes.map((node) => toNodeLines(node, paint, isWide)),
    toTableLines('Disruption budgets', toBudgetTable(plan.budgets), paint),
    toTableLines('Forecast', toForecastTable(plan.forecasts), paint),
    ...toInformationSections(plan, paint),
  ];
  return toText(sections);
};

/** Only the findings of a plan. Pure. */
export const formatFindings = (plan: DecommissionPlan, paint: Paint = PLAIN): string =>
  toText([...toProblemSections(plan, paint), ...toInformationSections(plan, paint)]);

/** A verdict as text: one line, then refusals and warnings. Pure. */
export const formatVerdict = (verdict: PreflightVerdict, paint: Paint = PLAIN): string => {
  const { unlistedFindingCount = 0 } = verdict;
  return toText([
    toHeadLines(verdict, paint),
    ...toProblemSections(verdict, paint),
    unlistedFindingCount === 0 ? [] : [`${toCountText(unlistedFindingCount, 'more finding')}: \`plan\` lists them.`],
  ]);
};

/** Without findings, its message is the reason. */
const toHeadLines = (verdict: PreflightVerdict, paint: Paint): Section => {
  const { nodeCount, leavingPodCount, createdBudgetCount, estimate } = verdict;
  if (verdict.verdict !== 'Go') {
    const head = `Preflight: ${paint.bad(verdict.verdict)}`;
    return verdict.findings.length > 0 ? [head] : [`${head}: ${verdict.message}`];
  }
  const range = estimate && toRangeText(estimate);
  const parts = [
    toCountText(nodeCount, 'node'),
    `${toCountText(leavingPodCount, 'pod')} to leave`,
    ...(createdBudgetCount === 0 ? [] : [`${toCountText(createdBudgetCount, 'budget')} to create`]),
    ...(range === undefined ? [] : [`drain: ${range}`]),
  ];
  return [`Preflight: ${paint.good('Go')} · ${parts.join(' · ')}`];
};

type Section = readonly string[];

const toText = (sections: readonly Section[]): string =>
  sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');

const toProblemSections = ({ findings }: Pick<DecommissionPlan, 'findings'>, paint: Paint): readonly Section[] => {
  const { refusals, warnings } = toFindingGroups(findings);
  return [
    toFindingLines('Refusals', '✗', paint.bad, refusals),
    toFindingLines('Warnings', '!', paint.careful, warnings),
  ];
};

const toInformationSections = ({ findings }: DecommissionPlan, paint: Paint): readonly Section[] => {
  const { notes, notChecked } = toFindingGroups(findings);
  return [
    toFindingLines('Notes', '·', paint.faint, notes),
    toFindingLines('Not checked', '?', paint.careful, notChecked),
  ];
};

const toVerdictLine = (plan: DecommissionPlan, paint: Paint): string => {
  const verdict = plan.verdict === 'Go' ? paint.good('Go') : paint.bad('Refused');
  return `${paint.strong(`Plan for task ${plan.taskId} on cluster ${plan.cluster}`)}: ${verdict}`;
};

const toFindingLines = (
  title: string,
  mark: string,
  color: (text: string) => string,
  findings: readonly Finding[],
): readonly string[] => {
  if (findings.length === 0) return [];
  return [`${title} (${findings.length})`, ...findings.map((finding) => `  ${color(mark)} ${toFindingText(finding)}`)];
};

const toNodeLines = (node: NodePlan, paint: Paint, isWide: boolean): readonly string[] => {
  const title = `${paint.strong(`Node ${node.nodeName}`)}${node.wasUnschedulable ? ' (already cordoned)' : ''}: ${toPodCounts(node)}`;
  const host = node.host === undefined ? [] : toPreviewLines(node.host.preview, 2);
  const head = [title, ...toNodeEstimateLines(node).map((line) => `  ${line}`)];
  if (node.pods.length === 0) return [...head, ...host];
  const table = toPodTable(node, isWide);
  return [...head, ...toTextTable(table.head, table.rows, 2), ...host];
};

const toTableLines = (title: string, { head, rows }: PlanTable, paint: Paint): readonly string[] =>
  rows.length === 0 ? [] : [paint.strong(title), ...toTextTable(head, rows, 2)];
