import { describeEstimate } from '../../domain/estimate/describe-estimate.ts';
import { toMoreText } from '../../domain/text/counts.ts';
import type { RunStatus } from '../../domain/run/status.ts';

const MAX_NODE_ROWS = 50;
/** A line with a no-break space: the UI's frame is a line too low for its text, so the last one is cut off. */
const LAST_LINE = '\u00a0';

/**
 * Markdown for the Temporal UI: status, each node's step, the estimate of the drain that runs, and what the remaining pods are waiting for.
 * No HTML; the UI strips it.
 */
export const toCurrentDetails = (status: RunStatus, drainProgress: readonly string[]): string => {
  const head = `**${status.phase}** ${status.message}`;
  return [head, status.waits ?? '', toNodeTable(status), toEstimateText(status), toPodTable(drainProgress), LAST_LINE]
    .filter((part) => part !== '')
    .join('\n\n');
};

const toNodeTable = ({ nodes }: RunStatus): string => {
  if (nodes.length === 0) return '';
  const rows = nodes.slice(0, MAX_NODE_ROWS).map(({ nodeName, steps, outcome, pods }) => {
    const current = steps.findLast(({ status }) => status !== 'NotExecuted' && status !== 'Skipped');
    const left = pods.filter(({ state }) => state !== 'Evicted' && state !== 'Gone').length;
    const podCell = pods.length === 0 ? '' : `${pods.length - left} of ${pods.length} gone`;
    return `| ${nodeName} | ${current ? `${current.name}: ${current.status}` : 'not started'} | ${podCell} | ${outcome ?? ''} |`;
  });
  const more = nodes.length > MAX_NODE_ROWS ? [`| ${toMoreText(nodes.length, MAX_NODE_ROWS)} | | | |`] : [];
  return ['| node | step | pods | outcome |', '| --- | --- | --- | --- |', ...rows, ...more].join('\n');
};

/** The estimate of the plan, with its start: it does not become wrong while nothing is repainted. The verb `status` corrects it. */
const toEstimateText = ({ nodes }: RunStatus): string =>
  nodes
    .flatMap(({ nodeName, steps, estimate }) => {
      const evict = steps.find(({ name, status }) => name === 'evict' && status === 'Running');
      if (estimate === undefined || evict?.startedAt === undefined) return [];
      return [`Estimate for node ${nodeName} from ${evict.startedAt}: ${describeEstimate(estimate)}.`];
    })
    .join('\n');

const toPodTable = (drainProgress: readonly string[]): string => {
  if (drainProgress.length === 0) return '';
  const rows = drainProgress.map((line) => (line.includes(' | ') ? `| ${line} |` : `| ${line} | | |`));
  return ['| pod | state | waiting for |', '| --- | --- | --- |', ...rows].join('\n');
};
