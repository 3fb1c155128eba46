import { toCountText } from '../../domain/text/counts.ts';
import type {
  BudgetForecast,
  BudgetPlan,
  DecommissionPlan,
  Finding,
  NodePlan,
  PodPlan,
} from '../../domain/plan/decommission-plan.ts';
import { toAddressLines } from './address-text.ts';
import { PLAIN, type Paint } from './paint.ts';
import { toTextTable } from './text-table.ts';

/** A plan as text: the verdict, what forbids it, then pod by pod what would happen. Pure. */
export const formatPlan = (plan: DecommissionPlan, paint: Paint = PLAIN): string => {
  const sections = [
    [toVerdictLine(plan, paint), ...toAddressLines(plan.clusterAddress)],
    ...toForbiddingSections(plan, paint),
    ...plan.nodes.map((node) => toNodeLines(node, paint)),
    toBudgetLines(plan.budgets, paint),
    toForecastLines(plan.forecasts, paint),
    ...toTellingSections(plan, paint),
  ];
  return toText(sections);
};

/** Only the findings of a plan, in its words. Pure. */
export const formatFindings = (plan: DecommissionPlan, paint: Paint = PLAIN): string =>
  toText([...toForbiddingSections(plan, paint), ...toTellingSections(plan, paint)]);

type Section = readonly string[];

const toText = (sections: readonly Section[]): string =>
  sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');

const toForbiddingSections = (plan: DecommissionPlan, paint: Paint): readonly Section[] => [
  toFindingLines('Refused because', '✗', paint.bad, ofSeverity(plan, 'refusal')),
  toFindingLines('Warnings', '!', paint.careful, ofSeverity(plan, 'warning')),
];

const toTellingSections = (plan: DecommissionPlan, paint: Paint): readonly Section[] => [
  toFindingLines('Good to know', '·', paint.faint, ofSeverity(plan, 'info')),
  toFindingLines(
    'Not checked',
    '?',
    paint.careful,
    plan.findings.filter(({ code }) => code === 'NotChecked'),
  ),
];

const ofSeverity = (plan: DecommissionPlan, severity: Finding['severity']): readonly Finding[] =>
  plan.findings.filter((finding) => finding.severity === severity && finding.code !== 'NotChecked');

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

/** What was not checked says all in its subject. The override is named once: most messages do so themselves. */
const toFindingText = ({ code, subject, message, override }: Finding): string => {
  if (code === 'NotChecked') return subject;
  const isNamed = override === undefined || message.includes(override);
  return `${code}: ${message}${isNamed ? '' : ` (override: ${override})`}`;
};

const toNodeLines = (node: NodePlan, paint: Paint): readonly string[] => {
  const title = `${paint.strong(`Node ${node.nodeName}`)}${node.wasUnschedulable ? ' (cordoned already)' : ''}: ${toPodCounts(node.pods)}`;
  if (node.pods.length === 0) return [title];
  const rows = node.pods.map((pod) => [
    `${pod.namespace}/${pod.name}`,
    pod.workload === '' ? '-' : pod.workload,
    pod.disposition,
    toPodDetail(pod),
  ]);
  return [title, ...toTextTable(['POD', 'WORKLOAD', 'WHAT', 'WHERE TO, OR WHY'], rows, 2)];
};

const COUNTED = [
  ['evict', 'to evict'],
  ['wait', 'already terminating'],
  ['stay', 'to stay'],
  ['refuse', 'refused'],
] as const;

const toPodCounts = (pods: readonly PodPlan[]): string => {
  if (pods.length === 0) return 'no pods';
  const counts = COUNTED.map(([disposition, text]) => {
    const count = pods.filter((pod) => pod.disposition === disposition).length;
    return count === 0 ? '' : `${count} ${text}`;
  });
  return `${toCountText(pods.length, 'pod')}, ${counts.filter((text) => text !== '').join(', ')}`;
};

const toPodDetail = ({ placement, reason }: PodPlan): string => {
  if (placement === undefined) return reason;
  if (placement.verdict !== 'fits') return placement.message;
  const place = placement.nodeName === undefined ? 'fits elsewhere' : `fits on ${placement.nodeName}`;
  return reason === '' ? place : `${place}; ${reason}`;
};

const toBudgetLines = (budgets: readonly BudgetPlan[], paint: Paint): readonly string[] => {
  if (budgets.length === 0) return [];
  const rows = budgets.map(({ action, namespace, name, workload, maxUnavailable, reason }) => [
    `${namespace}/${workload}`,
    action,
    name === '' ? '-' : name,
    maxUnavailable === undefined ? '-' : String(maxUnavailable),
    reason,
  ]);
  return [
    paint.strong('Disruption budgets'),
    ...toTextTable(['WORKLOAD', 'ACTION', 'BUDGET', 'MAX UNAVAILABLE', 'WHY'], rows, 2),
  ];
};

const toForecastLines = (forecasts: readonly BudgetForecast[], paint: Paint): readonly string[] => {
  if (forecasts.length === 0) return [];
  const rows = forecasts.map(({ namespace, name, allowedNow, needed, verdict, message }) => [
    `${namespace}/${name}`,
    String(allowedNow),
    String(needed),
    verdict,
    message,
  ]);
  return [
    paint.strong('Forecast'),
    ...toTextTable(['BUDGET', 'ALLOWED NOW', 'NEEDED', 'VERDICT', 'WHAT THAT MEANS'], rows, 2),
  ];
};
