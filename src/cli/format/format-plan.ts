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
import { toPreviewLines } from './preview-lines.ts';
import { toTextTable } from './text-table.ts';

/** A plan as text: the verdict, refusals and warnings, then what would happen to each pod and on each host. Pure. */
export const formatPlan = (plan: DecommissionPlan, paint: Paint = PLAIN): string => {
  const sections = [
    [toVerdictLine(plan, paint), ...toAddressLines(plan.clusterAddress)],
    ...toProblemSections(plan, paint),
    ...plan.nodes.map((node) => toNodeLines(node, paint)),
    toBudgetLines(plan.budgets, paint),
    toForecastLines(plan.forecasts, paint),
    ...toInformationSections(plan, paint),
  ];
  return toText(sections);
};

/** Only the findings of a plan. Pure. */
export const formatFindings = (plan: DecommissionPlan, paint: Paint = PLAIN): string =>
  toText([...toProblemSections(plan, paint), ...toInformationSections(plan, paint)]);

type Section = readonly string[];

const toText = (sections: readonly Section[]): string =>
  sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');

const toProblemSections = (plan: DecommissionPlan, paint: Paint): readonly Section[] => [
  toFindingLines('Refusals', '✗', paint.bad, ofSeverity(plan, 'refusal')),
  toFindingLines('Warnings', '!', paint.careful, ofSeverity(plan, 'warning')),
];

const toInformationSections = (plan: DecommissionPlan, paint: Paint): readonly Section[] => [
  toFindingLines('Notes', '·', paint.faint, ofSeverity(plan, 'info')),
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

/** The subject of `NotChecked` is complete. The override is added unless the message includes it, as most do. */
const toFindingText = ({ code, subject, message, override }: Finding): string => {
  if (code === 'NotChecked') return subject;
  const isNamed = override === undefined || message.includes(override);
  return `${code}: ${message}${isNamed ? '' : ` (to proceed anyway, set ${override})`}`;
};

const toNodeLines = (node: NodePlan, paint: Paint): readonly string[] => {
  const title = `${paint.strong(`Node ${node.nodeName}`)}${node.wasUnschedulable ? ' (already cordoned)' : ''}: ${toPodCounts(node.pods)}`;
  const host = node.host === undefined ? [] : toPreviewLines(node.host.preview, 2);
  if (node.pods.length === 0) return [title, ...host];
  const rows = node.pods.map((pod) => [
    `${pod.namespace}/${pod.name}`,
    pod.workload === '' ? '-' : pod.workload,
    pod.disposition,
    toPodDetail(pod),
  ]);
  return [title, ...toTextTable(['POD', 'WORKLOAD', 'ACTION', 'PLACEMENT OR REASON'], rows, 2), ...host];
};

const COUNTED = [
  ['evict', 'to evict'],
  ['wait', 'already terminating'],
  ['stay', 'staying'],
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
    ...toTextTable(['WORKLOAD', 'ACTION', 'BUDGET', 'MAX UNAVAILABLE', 'REASON'], rows, 2),
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
    ...toTextTable(['BUDGET', 'ALLOWED NOW', 'NEEDED', 'VERDICT', 'EXPLANATION'], rows, 2),
  ];
};
