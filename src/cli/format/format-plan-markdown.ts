import type { DecommissionPlan, Finding, NodePlan } from '../../domain/plan/decommission-plan.ts';
import { toAddressLines } from './address-text.ts';
import { toNodeEstimateLines, toTaskEstimateLines } from './estimate-text.ts';
import { toFindingGroups } from './finding-groups.ts';
import { toFindingText } from './finding-text.ts';
import { toPodCounts } from './pod-counts.ts';
import { toBudgetTable, toForecastTable, toPodTable, type PlanTable } from './plan-tables.ts';
import { toPreviewLines } from './preview-lines.ts';

/** A plan as Markdown for a ticket: the same sections as the text. Pure. */
export const formatPlanMarkdown = (plan: DecommissionPlan): string => {
  const { refusals, warnings, notes, notChecked } = toFindingGroups(plan.findings);
  const blocks = [
    `## Plan for task ${escape(plan.taskId)} on cluster ${escape(plan.cluster)}: ${plan.verdict}`,
    toAddressLines(plan.clusterAddress).map(escape).join('  \n'),
    ...toFindingBlocks('Refusals', refusals),
    ...toFindingBlocks('Warnings', warnings),
    toTaskEstimateLines(plan).map(escape).join('\n'),
    ...plan.nodes.flatMap(toNodeBlocks),
    ...toTableBlocks('Disruption budgets', toBudgetTable(plan.budgets)),
    ...toTableBlocks('Forecast', toForecastTable(plan.forecasts)),
    ...toFindingBlocks('Notes', notes),
    ...toFindingBlocks('Not checked', notChecked),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
};

const toFindingBlocks = (title: string, findings: readonly Finding[]): readonly string[] =>
  findings.length === 0
    ? []
    : [
        `### ${title} (${findings.length})`,
        findings.map((finding) => `- ${escape(toFindingText(finding))}`).join('\n'),
      ];

const toNodeBlocks = (node: NodePlan): readonly string[] => {
  const title = `### Node ${escape(node.nodeName)}${node.wasUnschedulable ? ' (already cordoned)' : ''}: ${toPodCounts(node)}`;
  const host = node.host === undefined ? [] : toPreviewLines(node.host.preview, 0);
  return [
    title,
    toNodeEstimateLines(node).map(escape).join('\n'),
    node.pods.length === 0 ? '' : toMarkdownTable(toPodTable(node, false)),
    host.length === 0 ? '' : ['```', ...host, '```'].join('\n'),
  ];
};

const toTableBlocks = (title: string, table: PlanTable): readonly string[] =>
  table.rows.length === 0 ? [] : [`### ${title}`, toMarkdownTable(table)];

const toMarkdownTable = ({ head, rows }: PlanTable): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(toCell).join(' | ')} |`).join('\n');

const toCell = (text: string): string => (/^-+$/.test(text) ? text : escape(text));

/** Text from the cluster stays text: no markup, no line end, no end of a cell. */
const escape = (text: string): string => text.replace(/\s*\n\s*/g, ' ').replace(/[\\`*_|<>[\]~]/g, String.raw`\$&`);
