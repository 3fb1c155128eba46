/** What an operator or another command writes to standard input. */
export const toInput = async function* (...chunks: readonly string[]): AsyncGenerator<string> {
  await Promise.resolve();
  yield* chunks;
};

/** A terminal on which an operator types these lines, later than an interruption. */
export const toTerminal = (...lines: readonly string[]): AsyncGenerator<string> & { readonly isTTY: true } =>
  Object.assign(
    (async function* () {
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      yield* lines.map((line) => `${line}\n`);
    })(),
    { isTTY: true as const },
  );
