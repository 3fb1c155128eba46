import { toRejoinAdvice } from '../../domain/host/leftovers.ts';
import { countByKind, KIND_TEXTS, PREVIEW_KINDS, type PreviewCounts } from '../../domain/host/preview-kinds.ts';
import type { CleanupPreview, PreviewItem, PreviewKind } from '../../domain/host/preview.ts';
import type { HostReport } from '../../domain/run/report.ts';
import { toShortList } from '../../domain/text/counts.ts';

/** Of each kind; all of them are in the JSON output. */
const MAX_NAMES = 8;

/** What the stages touch on a host and what they leave, one line per kind; each line is indented by `indent` spaces. Pure. */
export const toPreviewLines = ({ touched, kept }: CleanupPreview, indent: number): readonly string[] => [
  ...toSection('host cleanup touches:', toKindLines(touched, countByKind(touched)), indent),
  ...toSection('host cleanup leaves:', toKindLines(kept, countByKind(kept)), indent),
];

/** What was listed for the cleanup of a host, what stays there, and what to do about it. Pure. */
export const toHostLines = ({ touched, kept, keptCounts }: HostReport, indent: number): readonly string[] => [
  ...toSection('host cleanup was limited to:', toKindLines(touched, countByKind(touched)), indent),
  ...toSection('still on the host:', [...toKindLines(kept, keptCounts), ...toRejoinAdvice(keptCounts)], indent),
];

const toSection = (title: string, lines: readonly string[], indent: number): readonly string[] =>
  lines.length === 0
    ? []
    : [`${' '.repeat(indent)}${title}`, ...lines.map((line) => `${' '.repeat(indent + 2)}${line}`)];

const toKindLines = (items: readonly PreviewItem[], counts: PreviewCounts): readonly string[] =>
  PREVIEW_KINDS.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    if (count === 0) return [];
    const title = `${KIND_TEXTS[kind].title} (${count})`;
    const names = items.filter((item) => item.kind === kind).map(toItemText);
    if (names.length === 0) return [title];
    const more = count - Math.min(names.length, MAX_NAMES);
    const listed = toShortList(names.slice(0, MAX_NAMES), MAX_NAMES, isDetailed(kind) ? '; ' : ', ');
    return [`${title}: ${listed}${more > 0 ? ` and ${more} more` : ''}`];
  });

const toItemText = ({ kind, name, detail }: PreviewItem): string =>
  isDetailed(kind) && detail !== '' ? `${name} (${detail})` : name;

const isDetailed = (kind: PreviewKind): boolean => KIND_TEXTS[kind].needsDetail === true;
