import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { HookInput } from '../../ports/machine-hook.ts';

/** Of a failure; the answer of a success may be longer. */
export const MAX_FAILURE_LENGTH = 500;

/** `what`: what happened, without a full stop and without a secret. `shown`: what the hook printed, safe to show; may be empty. */
export const toHookFailure = (
  { nodeName }: Pick<HookInput, 'nodeName'>,
  what: string,
  { shown = '', retryable = true }: { readonly shown?: string; readonly retryable?: boolean } = {},
): DecommissionFailure => {
  const answer = shown === '' ? '' : ` (its answer: ${shown})`;
  return new DecommissionFailure(
    FailureType.MachineNotEnded,
    `the hook \`endMachine\` did not end the machine of node ${nodeName}: ${what}${answer}. Fix the cause; the hook is called again.`,
    { retryable },
  );
};
