/**
 * The results of `work`, in the order of the items; at most `limit` are under way at once.
 * Throws what the first that fails throws: those under way go on unheeded, no more are begun.
 */
export const mapConcurrently = async <Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results = new Map<number, Result>();
  const queue = [...items.entries()];
  const takeNext = async (): Promise<void> => {
    try {
      for (let next = queue.shift(); next; next = queue.shift()) results.set(next[0], await work(next[1]));
    } finally {
      queue.length = 0;
    }
  };
  await Promise.all(Array.from({ length: limit }, takeNext));
  return items.map((_item, index) => results.get(index) as Result);
};
