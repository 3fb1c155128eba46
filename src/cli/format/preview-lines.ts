import { toRejoinAdvice } from '../../domain/host/leftovers.ts';
import { countByKind, KIND_TEXTS, PREVIEW_KINDS, type PreviewCounts } from '../../domain/host/preview-kinds.ts';
import type { CleanupPreview, PreviewItem, PreviewKind } from '../../domain/host/preview.ts';
import type { HostReport } from '../../domain/run/report.ts';
import { toMoreText } from '../../domain/text/counts.ts';

/** As crictl prints ids of containers, and finds them by these. */
const toShortIds = (name: string): string => name.replaceAll(/\b[0-9a-f]{64}\b/g, (id) => id.slice(0, 13));

/** Of each kind; all of them, with whole ids of containers, are in the JSON output. */
const MAX_NAMES = 8;

/**
 * What the stages touch on a host, by name, and what they leave, with the reasons; by kind. Each line is indented by `indent` spaces. Pure.
 */
export const toPreviewLines = ({ touched, kept }: CleanupPreview, indent: number): readonly string[] => [
  ...toSection('host cleanup touches:', toTouchedLines(touched), indent),
  ...toSection('host cleanup leaves:', toKeptLines(kept, countByKind(kept)), indent),
];

/** What was listed for the cleanup of a host, what stays there, and what to do about it. Pure. */
export const toHostLines = ({ touched, kept, keptCounts }: HostReport, indent: number): readonly string[] => [
  ...toSection('host cleanup was limited to:', toTouchedLines(touched), indent),
  ...toSection('still on the host:', [...toKeptLines(kept, keptCounts), ...toRejoinAdvice(keptCounts)], indent),
];

const toSection = (title: string, lines: readonly string[], indent: number): readonly string[] =>
  lines.length === 0
    ? []
    : [`${' '.repeat(indent)}${title}`, ...lines.map((line) => `${' '.repeat(indent + 2)}${line}`)];

const toTouchedLines = (items: readonly PreviewItem[]): readonly string[] =>
  Object.entries(countByKind(items)).map(([kind, count]) => toNameLine(kind as PreviewKind, items, count));

const toKeptLines = (items: readonly PreviewItem[], counts: PreviewCounts): readonly string[] =>
  PREVIEW_KINDS.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    if (count === 0) return [];
    return KIND_TEXTS[kind].namesSuffice === true
      ? [toNameLine(kind, items, count)]
      : toDetailLines(kind, items, count);
  });

/** `count` may be higher than the number of items that are listed. */
const toNameLine = (kind: PreviewKind, items: readonly PreviewItem[], count: number): string => {
  const names = itemsOf(items, kind).map(({ name }) => name);
  const listed = names.slice(0, MAX_NAMES).map(toShortIds).join(', ');
  const more = toMoreText(count, Math.min(names.length, MAX_NAMES));
  return [toTitle(kind, count, names.length > 0), listed, names.length > 0 ? more : '']
    .filter((part) => part !== '')
    .join(' ');
};

const toDetailLines = (kind: PreviewKind, items: readonly PreviewItem[], count: number): readonly string[] => {
  const shown = itemsOf(items, kind).slice(0, MAX_NAMES);
  if (shown.length === 0) return [toTitle(kind, count, false)];
  const lines = shown.map(({ name, detail }) => (detail === '' ? name : `${name}: ${detail}`));
  const more = toMoreText(count, shown.length);
  return [toTitle(kind, count, true), ...[...lines, ...(more === '' ? [] : [more])].map((line) => `  ${line}`)];
};

const toTitle = (kind: PreviewKind, count: number, isListed: boolean): string =>
  `${KIND_TEXTS[kind].title} (${count})${isListed ? ':' : ''}`;

const itemsOf = (items: readonly PreviewItem[], kind: PreviewKind): readonly PreviewItem[] =>
  items.filter((item) => item.kind === kind);
