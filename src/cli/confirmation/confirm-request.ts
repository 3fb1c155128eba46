import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import type { CliContext } from '../cli-context.ts';
import { toUsageFailure, type ExitStatus } from '../cli-failure.ts';
import { createPaint } from '../format/paint.ts';
import { formatConfirmation } from '../format/format-confirmation.ts';
import type { Output } from '../output.ts';
import { confirm, type Answer } from './confirm.ts';

export interface ConfirmationOptions {
  /** Without a question. */
  readonly yes?: boolean;
}

/** Whether standard input was read as node names, request or plan. */
export const readsStandardInput = (words: readonly string[], files: readonly (string | undefined)[]): boolean =>
  words.includes('-') || files.includes('-');

/**
 * Whether an operator is asked before the first change: on a terminal, unless `--yes` is given or nothing would be changed. Scripts without
 * a terminal are never asked.
 *
 * @throws CliFailure `Usage`: a question is due, but standard input has the node names or the request, so no one can answer.
 */
export const needsConfirmation = (
  request: DecommissionRequest,
  { yes = false }: ConfirmationOptions,
  { stdin, stderr }: Pick<CliContext, 'stdin' | 'stderr'>,
  inputIsRead: boolean,
): boolean => {
  if (yes || request.dryRun || stderr.isTTY !== true) return false;
  if (inputIsRead) {
    throw toUsageFailure(
      'standard input has the nodes or the request, so the question before the first change cannot be answered: check them with `plan`, then add --yes. Nothing was changed.',
    );
  }
  return stdin.isTTY === true;
};

/**
 * Shows what would happen and asks; undefined: continue. Else the exit status: 1 when the operator declines, 130 when interrupted.
 * `plan`: absent when it cannot be read. Asks nothing when it was interrupted before.
 */
export const confirmRequest = async (
  request: DecommissionRequest,
  plan: DecommissionPlan | undefined,
  output: Output,
  context: Pick<CliContext, 'stdin' | 'stderr' | 'interruption' | 'environment'>,
): Promise<ExitStatus | undefined> => {
  if (context.interruption.aborted) return refuse(output, 'interrupted');
  const paint = createPaint((context.environment['NO_COLOR'] ?? '') === '');
  // A terminal without a size has none or zero.
  const { columns = 0 } = context.stderr;
  output.note(formatConfirmation(request, plan, { columns: columns > 0 ? columns : 80, paint }));
  const answer = await confirm('Start?', context);
  return answer === 'yes' ? undefined : refuse(output, answer);
};

const refuse = (output: Output, answer: Exclude<Answer, 'yes'>): ExitStatus => {
  output.note('Nothing was started and nothing was changed.');
  return answer === 'no' ? 1 : 130;
};
