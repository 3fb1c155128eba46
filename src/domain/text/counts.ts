/** E.g. `1 pod`, `2 pods`, `0 pods`. Takes a noun whose plural ends in `s`. */
export const toCountText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** E.g. `and 38 more`; empty when all of `total` are listed. */
export const toMoreText = (total: number, listed: number): string =>
  total > listed ? `and ${total - listed} more` : '';

/** The first `limit` items and the number of others, e.g. `node-1, node-2 and 38 more`. `separator`: between items. */
export const toShortList = (items: readonly string[], limit: number, separator = ', '): string => {
  const listed = items.slice(0, limit).join(separator);
  return items.length > limit ? `${listed} ${toMoreText(items.length, limit)}` : listed;
};
