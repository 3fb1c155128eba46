/**
 * Does the work for one item after another. One that fails does not stop the others.
 * @throws the first failure, after every item was tried
 */
export const attemptEach = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
  let failure: unknown;
  for (const item of items) await work(item).catch((error: unknown) => (failure ??= error));
  // oxlint-disable-next-line typescript/only-throw-error -- rethrows what the work threw
  if (failure !== undefined) throw failure;
};
