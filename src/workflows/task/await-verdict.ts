import { ApplicationFailure, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import { FailureType } from '../../domain/run/failures.ts';
import {
  toPreflightVerdict,
  toVerdictWithoutPlan,
  type PreflightVerdict,
} from '../../domain/plan/preflight-verdict.ts';
import { awaitVerdictUpdate } from '../messages.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import type { TaskState } from './task-state.ts';

/**
 * Handles `awaitVerdict`. Its wait ends with the plan, or with the task: every end without a plan has an outcome, so the handler never keeps
 * the workflow open. After continue-as-new the plan is there at once.
 */
export const installVerdictUpdate = (state: TaskState): void => {
  setHandler(
    awaitVerdictUpdate,
    async () => {
      // A task that is cancelled meanwhile has an outcome, too, and that is the answer.
      await CancellationScope.nonCancellable(() => condition(() => state.plan !== null || state.outcome !== undefined));
      return readVerdict(state);
    },
    { description: 'Waits for the verdict of preflight, and returns it. Changes nothing; no argument.' },
  );
};

/** @throws ApplicationFailure `InvalidInput`, not retryable: the request is invalid */
const readVerdict = ({ plan, outcome = 'Refused', message, task }: TaskState): PreflightVerdict => {
  if (plan) return toPreflightVerdict(plan);
  if (outcome === 'InvalidInput') throw ApplicationFailure.nonRetryable(message, FailureType.InvalidInput);
  const { taskId = '', cluster = '' } = task?.request ?? {};
  const address = definedFields({ clusterAddress: task?.clusterAddress });
  return toVerdictWithoutPlan({ taskId, cluster, verdict: outcome, message, ...address });
};
