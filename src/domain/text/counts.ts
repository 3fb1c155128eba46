/** E.g. `1 pod`, `2 pods`, `0 pods`. Takes a noun whose plural ends in `s`. */
export const toCountText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** E.g. `and 38 more`; empty when all of `total` are shown. */
export const toMoreText = (total: number, shown: number): string => (total > shown ? `and ${total - shown} more` : '');

/** The first `limit` items and how many more there are, e.g. `node-1, node-2 and 38 more`. `separator` stands between items. */
export const toShortList = (items: readonly string[], limit: number, separator = ', '): string => {
  const shown = items.slice(0, limit).join(separator);
  return items.length > limit ? `${shown} ${toMoreText(items.length, limit)}` : shown;
};
