import type { ListedDecommission } from '../../client/list-decommissions.ts';
import { toDurationText, toSecondsBetween } from './duration-text.ts';
import { toTextTable } from './text-table.ts';

const toStateText = ({ outcome, phase, state }: ListedDecommission): string =>
  outcome ?? (phase === undefined ? state : `${state}, ${phase}`);

/** Decommissions as a table, in the order given. `now` is RFC 3339; `isWide`: also their workflow ids and times. Pure. */
export const formatList = (decommissions: readonly ListedDecommission[], now: string, isWide = false): string => {
  if (decommissions.length === 0) return 'No decommissions found.';
  const rows = decommissions.map((item) => [
    item.taskId ?? item.workflowId,
    item.cluster ?? '-',
    item.nodeNames === '' ? '-' : item.nodeNames,
    item.dryRun ? `${toStateText(item)} (dry run)` : toStateText(item),
    `${toDurationText(toSecondsBetween(item.startedAt, now))} ago`,
    item.closedAt === undefined ? '-' : toDurationText(toSecondsBetween(item.startedAt, item.closedAt)),
    ...(isWide ? [item.startedAt, item.closedAt ?? '-', item.workflowId] : []),
  ]);
  const wideHead = isWide ? ['STARTED AT', 'CLOSED AT', 'WORKFLOW ID'] : [];
  return toTextTable(['TASK', 'CLUSTER', 'NODES', 'STATE', 'STARTED', 'TOOK', ...wideHead], rows).join('\n');
};
