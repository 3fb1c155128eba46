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
/** After this many failures an operator is needed. Retries are safe: stages check before they act. Lost connections do not count. */
const STAGE_FAILURES = 3;

/**
 * Proves the host's identity, starts one stage there and waits for its end, heartbeating. Safe to repeat: an attempt finds the stage that
 * an earlier one started. Returns what was done, comma-separated; that of earlier attempts included.
 *
 * @throws DecommissionFailure `HostStageNotBegun`, not retryable: `stopKubelet` was not started, so nothing was done on the host.
 * @throws DecommissionFailure `HostStageFailed`, retried twice: the stage failed or was lost.
 * @throws DecommissionFailure `HostNotProven`, not retryable: as `withProvenHost`, when an earlier attempt may have started the stage.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 * @throws HostFailure retryable when the outcome is unknown
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
      if (stage !== 'stopKubelet' || progress.mayHaveBegun || !isFinal) throw error;
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
  { target, operationId, layout, deadlineSeconds, round = 0 }: HostStageInput,
): Promise<void> => {
  const marker = { operationId, ...target, caHashes: context.clusterIdentity.caHashes };
  await host.startStage(stage, { marker, kubeletUnits, layout, deadlineSeconds, round });
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
    `${stage} failed on the host of node ${nodeName}: ${why}. Inspect the host and fix the cause.`,
    { retryable: countFailure(`${stage} failed: ${why}`) < STAGE_FAILURES },
  );
};

const describeLoss = (state: StageState): string =>
  state.kind === 'Lost' ? state.message : 'the host has no record of the stage';

const describeItems = (items: readonly StageItem[]): string =>
  [...new Set(items.filter(({ status }) => status === 'Done').map(({ name }) => name))].join(', ') ||
  'no changes needed';

const describeFailedItems = (items: readonly StageItem[]): string =>
  items
    .filter(({ status }) => status === 'Failed')
    .map(({ name, message }) => (message === '' ? name : `${name} (${message})`))
    .join('; ');
