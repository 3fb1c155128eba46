import { activityInfo, sleep } from '@temporalio/activity';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { HostStageInput } from '../../domain/host/target.ts';
import type { HostStage, StageItem, StageState } from '../../domain/host/stage.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import { isHostFailure } from '../../ports/host-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { beat } from '../support/with-heartbeat.ts';
import { countFailure, readFailureCount } from './count-failure.ts';
import { withProvenHost, type ProvenHost } from './with-proven-host.ts';

const POLL_MILLISECONDS = 1000;
/** A stage that failed so often is left to a person: each looks before it acts. A lost connection or worker is no failure of it. */
const STAGE_FAILURES = 3;

/**
 * Proves the host, has it carry out one stage and waits for its end, heartbeating. Safe to repeat: an attempt finds what an earlier one
 * began. Gives what was done, one sentence each.
 * Throws `HostStageNotBegun` (not retryable) only when it is proven that the host did nothing; `HostStageFailed` (retried twice);
 * HostFailure (retryable) when nobody knows.
 */
export const runHostStage =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, stage: HostStage, input: HostStageInput): Promise<string> => {
    const progress = { mayHaveBegun: input.isRepeat || activityInfo().attempt > 1 };
    try {
      return await withProvenHost(dependencies, context, input, async (proven) => {
        progress.mayHaveBegun = true;
        await begin(proven, context, stage, input);
        return describeItems(await awaitEnd(proven, stage, input));
      });
    } catch (error) {
      const isFinal = (error instanceof DecommissionFailure || isHostFailure(error)) && !error.retryable;
      if (progress.mayHaveBegun || !isFinal) throw error;
      throw new DecommissionFailure(
        FailureType.HostStageNotBegun,
        `${error.message} Nothing was done on the host of node ${input.target.nodeName}.`,
      );
    }
  };

const begin = async (
  { host, kubeletUnits }: ProvenHost,
  context: TaskContext,
  stage: HostStage,
  { target, operationId, deadlineSeconds, round = 0 }: HostStageInput,
): Promise<void> => {
  const marker = { operationId, ...target, caHash: context.clusterIdentity.caHash };
  await host.startStage(stage, { marker, kubeletUnits, deadlineSeconds, round });
};

const awaitEnd = async (
  { host }: ProvenHost,
  stage: HostStage,
  { target, operationId }: HostStageInput,
): Promise<readonly StageItem[]> => {
  for (;;) {
    const state = await host.readStage(stage, operationId);
    if (state.kind === 'Ended' && state.isOk) return state.items;
    if (state.kind !== 'Running') throw toStageFailure(stage, target.nodeName, state);
    beat({ message: `${stage} runs on the host of node ${target.nodeName}`, failureCount: readFailureCount() });
    await sleep(POLL_MILLISECONDS);
  }
};

const toStageFailure = (stage: HostStage, nodeName: string, state: StageState): DecommissionFailure => {
  const why = state.kind === 'Ended' ? describeFailedItems(state.items) : describeLoss(state);
  return new DecommissionFailure(
    FailureType.HostStageFailed,
    `${stage} on the host of node ${nodeName} did not succeed: ${why}. Look at the host, remove the cause.`,
    { retryable: countFailure(`${stage} did not succeed: ${why}`) < STAGE_FAILURES },
  );
};

const describeLoss = (state: StageState): string =>
  state.kind === 'Lost' ? state.message : 'the host knows nothing of it any more';

const describeItems = (items: readonly StageItem[]): string =>
  items
    .filter(({ status }) => status === 'Done')
    .map(({ name }) => name)
    .join(', ') || 'nothing was left to do';

const describeFailedItems = (items: readonly StageItem[]): string =>
  items
    .filter(({ status }) => status === 'Failed')
    .map(({ name, message }) => (message === '' ? name : `${name} (${message})`))
    .join('; ');
