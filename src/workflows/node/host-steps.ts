import { CancellationScope, patched } from '@temporalio/workflow';
import { FailureType } from '../../domain/run/failures.ts';
import { HOST_CHECK_FAILURES } from '../../domain/host/check-failures.ts';
import { toHostTarget, type HostTarget } from '../../domain/host/target.ts';
import type { HostStage } from '../../domain/host/stage.ts';
import type { StepName } from '../../domain/run/report.ts';
import { hostCheckActivities, hostStageActivities } from '../runtime/activity-options.ts';
import { isFailureOfType, toFailureReport } from '../runtime/failure-report.ts';
import type { NodeState } from './node-state.ts';
import { passPointOfNoReturn } from './point-of-no-return.ts';

const SKIPPED = 'hostCleanup: skip';

/** Seconds that the host itself gives each stage. */
const STAGE_DEADLINE_SECONDS: Readonly<Record<HostStage, number>> = { stopKubelet: 300, cleanHost: 900 };

/**
 * Step 6, the point of no return of a run that cleans the host. True when the host was taken: from then on nothing puts the node back.
 * False when the host is left alone: it was not asked for, or could not be had and `bestEffort` allows it. What it throws proves that the
 * host did nothing.
 */
export const stopKubelet = async (state: NodeState): Promise<boolean> => {
  const { hostCleanup } = state.input.task.request;
  if (hostCleanup === 'skip') return leaveHost(state, SKIPPED);
  try {
    await state.step('stopKubelet', () =>
      passPointOfNoReturn(
        state,
        () => carryOut(state, 'stopKubelet'),
        () => lookAtHost(state),
      ),
    );
    return true;
  } catch (error) {
    if (hostCleanup !== 'bestEffort' || !isFailureOfType(error, ...HOST_CHECK_FAILURES, FailureType.HostStageNotBegun))
      throw error;
    state.forgive();
    return leaveHost(state, `the host is left as it is: ${toFailureReport(error).message}`);
  }
};

const lookAtHost = async (state: NodeState): Promise<void> => {
  const { context, waits } = state.input.task;
  await hostCheckActivities.proveHost(context, hostTargetOf(state));
  if (!state.hasUnseenMounts || !patched('look-again-at-unseen-mounts')) return;
  const deadlineAt = Date.now() + waits.detachSeconds * 1000;
  await hostCheckActivities.awaitVolumesUnmounted(context, {
    ...hostTargetOf(state),
    podUids: [...state.pods.keys()],
    deadlineAt,
  });
};

/**
 * Part of step 5: waits until nothing of an evicted pod is mounted on the host. One that cannot be looked at now is looked at again before
 * its kubelet is stopped.
 */
export const awaitUnmounted = async (state: NodeState, deadlineAt: number): Promise<void> => {
  const { context, request } = state.input.task;
  const podUids = [...state.pods.keys()];
  if (request.hostCleanup === 'skip' || podUids.length === 0) return;
  try {
    await hostCheckActivities.awaitVolumesUnmounted(context, { ...hostTargetOf(state), podUids, deadlineAt });
  } catch (error) {
    if (!isFailureOfType(error, ...HOST_CHECK_FAILURES)) throw error;
    state.hasUnseenMounts = true;
    state.note([`the mounts on the host could not be looked at: ${toFailureReport(error).message}`]);
  }
};

/** Steps 8 and 9. Past the point of no return: what fails parks, or is noted where `bestEffort` allows it. */
export const cleanHost = async (state: NodeState): Promise<void> => {
  await CancellationScope.nonCancellable(async () => {
    await pastReturn(state, 'cleanHost', () => carryOut(state, 'cleanHost'));
    await pastReturn(state, 'verifyHost', () => verify(state));
  });
};

const leaveHost = (state: NodeState, why: string): false => {
  for (const name of ['stopKubelet', 'cleanHost', 'verifyHost'] as const) state.skip(name, why);
  if (why !== SKIPPED) state.note([why]);
  return false;
};

const pastReturn = async (state: NodeState, name: StepName, work: () => Promise<string>): Promise<void> => {
  try {
    await state.stepRegardless(name, work);
  } catch (error) {
    // Only `bestEffort` lets a failure through to here.
    state.forgive();
    state.note([`${name} did not succeed: ${toFailureReport(error).message}`]);
  }
};

/**
 * Has the host carry out a stage. Throws only while it is proven that nothing was begun, or where the cleanup may fail.
 * `round`: as `StageInput.round`.
 */
const carryOut = async (state: NodeState, stage: HostStage, round = 0): Promise<string> => {
  const { context, waits } = state.input.task;
  for (let isRepeat = false; ; isRepeat = true) {
    try {
      const stageInput = { ...hostTargetOf(state), deadlineSeconds: STAGE_DEADLINE_SECONDS[stage], isRepeat, round };
      return await hostStageActivities(waits).runHostStage(context, stage, stageInput);
    } catch (error) {
      const isUntouched = stage === 'stopKubelet' && !isRepeat && isFailureOfType(error, FailureType.HostStageNotBegun);
      if (isUntouched || mayFail(state, stage)) throw error;
      await state.park(error);
    }
  }
};

/** The kubelet's stop is no part that may fail: the Node would be deleted and come back. */
const mayFail = (state: NodeState, stage: HostStage): boolean =>
  stage !== 'stopKubelet' && state.input.task.request.hostCleanup === 'bestEffort';

/** What is not clean is cleaned again once a person has removed the cause. */
const verify = async (state: NodeState): Promise<string> => {
  const { context, request, waits } = state.input.task;
  for (let round = 1; ; round += 1) {
    try {
      return await hostStageActivities(waits).verifyHost(context, hostTargetOf(state));
    } catch (error) {
      if (request.hostCleanup === 'bestEffort') throw error;
      await state.park(error);
      await carryOut(state, 'cleanHost', round);
    }
  }
};

const hostTargetOf = ({ input }: NodeState): HostTarget => toHostTarget(input.task.context.holder, input.node);
