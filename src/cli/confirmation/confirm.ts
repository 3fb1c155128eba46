import type { CliContext } from '../cli-context.ts';
import { toUsageFailure } from '../cli-failure.ts';
import { discardTyped } from './discard-typed.ts';

export type Answer = 'yes' | 'no' | 'interrupted';

/**
 * Asks an operator on the terminal; `yes` only for `y` or `yes`, typed after the question.
 * @throws CliFailure `Usage`: the input is not a terminal, so no one can answer.
 */
export const confirm = async (
  question: string,
  { stdin, stderr, interruption }: Pick<CliContext, 'stdin' | 'stderr' | 'interruption'>,
): Promise<Answer> => {
  if (stdin.isTTY !== true) {
    throw toUsageFailure('the input is not a terminal: confirm with --yes. Nothing was changed.');
  }
  const discarded = await discardTyped(stdin);
  stderr.write(`${question} [y/N] `);
  if (discarded !== undefined) return discarded;
  return await Promise.race([readAnswer(stdin), awaitInterruption(interruption)]);
};

const readAnswer = async (stdin: CliContext['stdin']): Promise<Answer> => {
  for await (const chunk of stdin) return /^\s*y(es)?\s*$/i.test(String(chunk)) ? 'yes' : 'no';
  return 'no';
};

const awaitInterruption = (signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve) => {
    const end = (): void => {
      resolve('interrupted');
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
