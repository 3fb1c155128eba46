import type { HostVerification } from '../run/report.ts';
import { toCountText } from '../text/counts.ts';
import { KIND_TEXTS, PREVIEW_KINDS, type PreviewCounts, type Removal } from './preview-kinds.ts';

/** E.g. `firewall rules (2), images (1)`. Empty when there is nothing. */
export const toKeptText = (counts: PreviewCounts): string =>
  PREVIEW_KINDS.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    return count === 0 ? [] : [`${KIND_TEXTS[kind].title} (${count})`];
  }).join(', ');

/** What to do about what stays on a machine that joins another cluster. Whole sentences; empty when there is nothing to do. */
export const toRejoinAdvice = (counts: PreviewCounts): readonly string[] => {
  const titlesOf = (removal: Removal): readonly string[] =>
    PREVIEW_KINDS.filter((kind) => (counts[kind] ?? 0) > 0 && KIND_TEXTS[kind].removal === removal).map(
      (kind) => KIND_TEXTS[kind].title,
    );
  const untilRestart = titlesOf('restart');
  const untilDeleted = titlesOf('manual');
  return [
    ...(untilRestart.length === 0
      ? []
      : [`A restart of the machine removes: ${untilRestart.join(', ')}, unless the host itself restores them.`]),
    ...(untilDeleted.length === 0
      ? []
      : [
          `Before the machine joins another cluster, delete manually: ${untilDeleted.join(', ')}. Otherwise, its pods may get the network of this cluster.`,
        ]),
    ...(counts.machineState === undefined
      ? []
      : ['Before the machine joins another cluster, unmask the masked units that it needs.']),
    ...(counts.unseen === undefined
      ? []
      : ['What is not readable may still contain rules or files of the cluster: check it manually.']),
  ];
};

/** The message of the step `verifyHost`. */
export const describeChecks = ({ cleaned, keptCounts }: HostVerification): string => {
  const kept = toKeptText(keptCounts);
  return `${toCountText(cleaned.length, 'check')} passed; ${kept === '' ? 'nothing of the cluster was found' : `still there: ${kept}`}`;
};

/**
 * What was found on hosts after their cleanup passed all checks. A clause for the end of a run.
 *
 * @param hosts e.g. `the host`, `2 hosts`
 */
export const describeCleanHosts = (hosts: string, counts: PreviewCounts): string => {
  const text = toKeptText(counts);
  if (text === '') return `All checks of ${hosts} passed, and nothing of the cluster was found there.`;
  return `All checks of ${hosts} passed. Still there, and listed in the report: ${text}.`;
};
