import type { CliContext } from '../cli-context.ts';
import { toUsageFailure } from '../cli-failure.ts';

/**
 * Asks an operator on the terminal; true only for `y` or `yes`.
 * @throws CliFailure `Usage`: the input is not a terminal, so no one can answer.
 */
export const confirm = async (
  question: string,
  { stdin, stderr }: Pick<CliContext, 'stdin' | 'stderr'>,
): Promise<boolean> => {
  if (stdin.isTTY !== true) {
    throw toUsageFailure('the input is not a terminal: confirm with --yes. Nothing was changed.');
  }
  stderr.write(`${question} [y/N] `);
  for await (const chunk of stdin) return /^\s*y(es)?\s*$/i.test(String(chunk));
  return false;
};
