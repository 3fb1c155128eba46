import { toRangeText } from '../../domain/estimate/describe-estimate.ts';
import type { DecommissionPlan, Finding, FindingCode } from '../../domain/plan/decommission-plan.ts';
import type { DecommissionRequest, TimeWindow } from '../../domain/request/decommission-request.ts';
import { toCountText, toShortList } from '../../domain/text/counts.ts';
import { toDurationText } from './duration-text.ts';
import { toFindingGroups } from './finding-groups.ts';
import { PLAIN, type Paint } from './paint.ts';
import { toPodCounts } from './pod-counts.ts';
import { toWrappedLines } from './wrapped-lines.ts';

const MAX_NAMES = 6;
const MAX_FINDINGS = 5;
const LABEL_WIDTH = 11;

/** What an operator loses, by the finding that reports it: its text follows the number. */
const LOSSES: readonly (readonly [code: FindingCode, noun: string, loss: string])[] = [
  ['BarePod', 'unmanaged pod', ', not recreated'],
  ['EmptyDirData', 'pod', ' with emptyDir volumes, whose data is lost'],
  ['SingleReplica', 'pod', ' without a second replica, an outage until it runs elsewhere'],
  ['LastEndpointOfService', 'service', ', whose last endpoint is on these nodes'],
  ['LocalTrafficLost', 'service', ', whose traffic from outside is dropped until a pod is ready on another node'],
  ['JobStartsOver', 'pod', ' of Jobs, whose work starts over'],
];

/**
 * What an operator reads before the question: where, which nodes, what is lost, how long, and what preflight objects to. Fits into
 * `columns`. `plan`: absent when it cannot be read; then the summary is that of the request. Pure.
 */
export const formatConfirmation = (
  request: DecommissionRequest,
  plan: DecommissionPlan | undefined,
  { columns = 80, paint = PLAIN }: { readonly columns?: number; readonly paint?: Paint } = {},
): string => {
  const rows: readonly Row[] = [
    ['cluster', [request.cluster]],
    ...toPlaceRows(plan),
    ['nodes', [toNodesText(request)]],
    ['pods', plan === undefined ? [] : [toPodsText(plan)]],
    ['lost', [...(plan === undefined ? [] : toLosses(plan.findings)), ...toNodeLosses(request)]],
    ['time', toTimeTexts(plan)],
    ['limit', toLimitTexts(request)],
    ['starts', (request.windows ?? []).map(toWindowText)],
    ['waits', toApprovalTexts(request)],
  ];
  const table = rows.flatMap(([label, texts]) =>
    texts.flatMap((text, index) =>
      toWrappedLines(`  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH - 2)}${text}`, columns, LABEL_WIDTH),
    ),
  );
  const findings = plan === undefined ? [] : toFindingLines(plan, columns, paint);
  return [
    paint.strong(`About to ${toVerb(request)} ${toCountText(request.nodeNames.length, 'node')}:`),
    ...table,
    ...findings,
  ].join('\n');
};

type Row = readonly [label: string, texts: readonly string[]];

const toVerb = ({ deleteNode }: DecommissionRequest): string => (deleteNode ? 'decommission' : 'drain');

const toPlaceRows = (plan: DecommissionPlan | undefined): readonly Row[] => {
  if (plan?.clusterAddress === undefined) return [];
  const { context, server, version } = plan.clusterAddress;
  return [
    ['context', [context ?? 'in-cluster credentials']],
    ['server', [`${server === '' ? 'unknown' : server} (Kubernetes ${version ?? 'version unknown'})`]],
  ];
};

const toNodesText = ({ nodeNames, maxConcurrentNodes }: DecommissionRequest): string => {
  const names = toShortList(nodeNames, MAX_NAMES);
  return nodeNames.length === 1 ? names : `${names} (${maxConcurrentNodes} at once)`;
};

const toPodsText = ({ nodes }: DecommissionPlan): string =>
  toPodCounts({
    pods: nodes.flatMap(({ pods }) => pods),
    unlistedPodCount: nodes.reduce((sum, { unlistedPodCount = 0 }) => sum + unlistedPodCount, 0),
  });

const toLosses = (findings: readonly Finding[]): readonly string[] =>
  LOSSES.flatMap(([code, noun, loss]) => {
    const subjects = findings.filter((each) => each.code === code && each.severity !== 'refusal').map(toSubject);
    return subjects.length === 0
      ? []
      : [`${toCountText(subjects.length, noun)}${loss}: ${toShortList(subjects, MAX_NAMES)}`];
  });

const toSubject = ({ subject }: Finding): string => subject;

const toNodeLosses = ({ deleteNode, hostCleanup, nodeNames }: DecommissionRequest): readonly string[] => {
  const [object, host] = nodeNames.length === 1 ? ['the Node object', 'its host'] : ['the Node objects', 'their hosts'];
  if (!deleteNode && hostCleanup === 'skip') return ['nothing else: the nodes stay, cordoned'];
  const cleaned = `on ${host}: kubelet, containers and credentials of Kubernetes (cannot be undone)`;
  return [...(deleteNode ? [`${object} (cannot be undone)`] : []), ...(hostCleanup === 'skip' ? [] : [cleaned])];
};

const toTimeTexts = (plan: DecommissionPlan | undefined): readonly string[] => {
  const range = plan?.estimate === undefined ? undefined : toRangeText(plan.estimate);
  return range === undefined ? [] : [`${range} for the drains`];
};

/** Only what ends pods in spite of their budgets: the undo at the limit loses nothing. */
const toLimitTexts = ({ onTimeout, timeoutSeconds }: DecommissionRequest): readonly string[] =>
  onTimeout === 'delete' && timeoutSeconds !== undefined
    ? [`pods left shortly before ${toDurationText(timeoutSeconds)} of a drain are deleted without regard to budgets`]
    : [];

const toWindowText = ({ cron, timeZone, durationMinutes }: TimeWindow): string =>
  `only at \`${cron}\` (${timeZone}), for ${toDurationText(durationMinutes * 60)}`;

const toApprovalTexts = ({ approval, deadNode }: DecommissionRequest): readonly string[] => {
  const place = approval === 'beforeEviction' ? 'its first eviction' : 'its Node object is deleted';
  return [
    ...(approval === 'none' ? [] : [`each node waits for \`approve\` before ${place}`]),
    ...(deadNode === 'outOfService'
      ? [
          'a dead node waits for `approve --machine-is-off`, then its last pods are deleted by force and their volumes detached',
        ]
      : []),
  ];
};

/** Losses are listed above; the rest of the warnings, and refusals, which end the run before any change. */
const toFindingLines = ({ findings }: DecommissionPlan, columns: number, paint: Paint): readonly string[] => {
  const { refusals, warnings } = toFindingGroups(findings);
  const lossCodes = LOSSES.map(([code]) => code);
  const others = warnings.filter(({ code }) => !lossCodes.includes(code));
  return [
    ...toSection('Preflight refuses this, so nothing would be changed', refusals, columns, paint.bad),
    ...toSection('Warnings', others, columns, paint.careful),
  ];
};

const toSection = (
  title: string,
  findings: readonly Finding[],
  columns: number,
  color: (text: string) => string,
): readonly string[] => {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, MAX_FINDINGS);
  const more = findings.length > shown.length ? [`  and ${findings.length - shown.length} more: see \`plan\``] : [];
  const lines = shown.flatMap(({ code, message }) => toWrappedLines(`  ${code}: ${message}`, columns, 4));
  return [color(`${title} (${findings.length})`), ...lines, ...more];
};
