import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import { FailureType } from '../../domain/run/failures.ts';
import { HOST_CHECK_FAILURES } from '../../domain/host/check-failures.ts';
import { toHostTarget, type HostTarget } from '../../domain/host/target.ts';
import { describeChecks } from '../../domain/host/leftovers.ts';
import { toBindingList, type HostLayout } from '../../domain/host/preview.ts';
import type { HostStage } from '../../domain/host/stage.ts';
import type { StepName } from '../../domain/run/report.ts';
import { hostCheckActivities, hostStageActivities, withdrawActivities } from '../runtime/activity-options.ts';
import { isFailureOfType, toFailureReport } from '../runtime/failure-report.ts';
import type { NodeState } from './node-state.ts';
import { passPointOfNoReturn } from './point-of-no-return.ts';

const SKIPPED = 'hostCleanup: skip';
const UNCHECKED = 'the host is left unchanged: preflight could not check it, so what belongs to this node is unknown.';

/** What a stage needs of it. `stopKubelet` leaves a host without one alone, and a stage without facts refuses. */
const toStageLayout = ({ facts, preview }: HostLayout = NO_LAYOUT): HostLayout => ({
  facts,
  preview: { touched: toBindingList(preview), kept: [] },
});

const NO_LAYOUT: HostLayout = { facts: [], preview: { touched: [], kept: [] } };

/** Deadline of each stage in seconds, enforced on the host. */
const STAGE_DEADLINE_SECONDS: Readonly<Record<HostStage, number>> = { stopKubelet: 300, cleanHost: 900 };

/**
 * The step `stopKubelet`, the point of no return of a run that cleans the host. True when the kubelet was stopped: from then on nothing is undone. False
 * when the host is left alone: cleanup was not requested, or the host cannot be used and `bestEffort` allows that. A failure proves that
 * nothing was done on the host.
 *
 * @throws ActivityFailure caused by a failed check, or by `HostStageNotBegun`
 * @throws CancelledFailure before the point of no return
 */
export const stopKubelet = async (state: NodeState): Promise<boolean> => {
  const { context, request } = state.input.task;
  const { hostCleanup } = request;
  if (hostCleanup === 'skip') return leaveHost(state, SKIPPED);
  // Only under `bestEffort`: `required` refuses such a host.
  if (state.input.node.host === undefined) return leaveHost(state, UNCHECKED);
  try {
    await state.step('stopKubelet', () =>
      passPointOfNoReturn(
        state,
        `stopping the kubelet of node ${state.target.nodeName}`,
        () => runStage(state, 'stopKubelet'),
        (deadlineAt) => hostCheckActivities.proveHost(context, request, { ...hostTargetOf(state), deadlineAt }),
      ),
    );
    return true;
  } catch (error) {
    if (hostCleanup !== 'bestEffort' || !isFailureOfType(error, ...HOST_CHECK_FAILURES, FailureType.HostStageNotBegun))
      throw error;
    state.clearFailure();
    return leaveHost(state, `the host is left unchanged: ${toFailureReport(error).message}`);
  }
};

/**
 * Part of the step `detach`: waits until no volume is mounted on the host except those of pods that stay. A host that cannot be checked now
 * is checked before its kubelet is stopped.
 *
 * @throws ActivityFailure caused by `DetachTimeout` or a failure that is not one of the host checks
 * @throws CancelledFailure
 */
export const awaitUnmounted = async (state: NodeState, deadlineAt: number): Promise<void> => {
  const { context, request } = state.input.task;
  if (request.hostCleanup === 'skip') return;
  try {
    await hostCheckActivities.awaitVolumesUnmounted(context, request, { ...hostTargetOf(state), deadlineAt });
  } catch (error) {
    if (!isFailureOfType(error, ...HOST_CHECK_FAILURES)) throw error;
    state.note([`the mounts on the host could not be checked: ${toFailureReport(error).message}`]);
  }
};

/** The steps `cleanHost` and `verifyHost`, past the point of no return: a failure parks the run, or is noted where `bestEffort` allows it. */
export const cleanHost = async (state: NodeState): Promise<void> => {
  await CancellationScope.nonCancellable(async () => {
    await runPastReturn(state, 'cleanHost', () => runStage(state, 'cleanHost'));
    await runPastReturn(state, 'verifyHost', () => verify(state));
  });
};

const leaveHost = (state: NodeState, why: string): false => {
  for (const name of ['stopKubelet', 'cleanHost', 'verifyHost'] as const) state.skip(name, why);
  if (why !== SKIPPED) state.note([why]);
  return false;
};

const runPastReturn = async (state: NodeState, name: StepName, work: () => Promise<string>): Promise<void> => {
  try {
    await state.stepRegardless(name, work);
  } catch (error) {
    // Only `bestEffort` throws here.
    state.clearFailure();
    state.note([`${name} failed: ${toFailureReport(error).message}`]);
  }
};

/**
 * Runs a stage on the host; parks the run after other failures. `round`: as `StageInput.round`. Returns what all its attempts did.
 *
 * @throws ActivityFailure when it is proven that nothing was done on the host, or where the cleanup may fail
 */
const runStage = async (state: NodeState, stage: HostStage, round = 0): Promise<string> => {
  const { context, waits } = state.input.task;
  for (let isRepeat = false; ; isRepeat = true) {
    try {
      const stageInput = {
        ...hostTargetOf(state),
        layout: toStageLayout(state.input.node.host),
        deadlineSeconds: STAGE_DEADLINE_SECONDS[stage],
        isRepeat,
        round,
      };
      return await hostStageActivities(waits).runHostStage(context, stage, stageInput);
    } catch (error) {
      if (mayFail(state, stage)) throw error;
      await state.park(stage === 'stopKubelet' ? await withdrawUntouched(state, error) : error);
    }
  }
};

/**
 * After a failure of `stopKubelet`: returns the failure to park for. A node whose host was not changed is undone instead; never one of
 * which that is unknown.
 *
 * @throws ApplicationFailure `HostStageNotBegun`: it is proven that nothing was done on the host, and nothing will be.
 */
const withdrawUntouched = async (state: NodeState, error: unknown): Promise<unknown> => {
  if (isFailureOfType(error, FailureType.HostStageNotBegun)) throw error;
  const { type, message } = toFailureReport(error);
  const { nodeName } = state.target;
  const withdrawal = await withdrawActivities
    .withdrawHostStages(state.input.task.context, hostTargetOf(state))
    .catch((reason: unknown) => ({ kind: 'Unknown', why: toFailureReport(reason).message }) as const);
  switch (withdrawal.kind) {
    case 'Untouched':
      throw ApplicationFailure.nonRetryable(
        `${message} Nothing was done on the host of node ${nodeName}.`,
        FailureType.HostStageNotBegun,
      );
    case 'Touched':
      return error;
    case 'Unknown': {
      const addition = message.includes(withdrawal.why) ? '' : ` ${withdrawal.why}`;
      return ApplicationFailure.nonRetryable(`${message} It is unknown whether the host was changed.${addition}`, type);
    }
  }
};

/** Stopping the kubelet must not fail: the deleted Node would re-register. */
const mayFail = (state: NodeState, stage: HostStage): boolean =>
  stage !== 'stopKubelet' && state.input.task.request.hostCleanup === 'bestEffort';

/** A host that is not clean is cleaned again after an operator has fixed the cause. */
const verify = async (state: NodeState): Promise<string> => {
  const { context, request, waits } = state.input.task;
  for (let round = 1; ; round += 1) {
    try {
      const verification = await hostStageActivities(waits).verifyHost(context, hostTargetOf(state));
      state.host = { ...verification, touched: state.input.node.host?.preview.touched ?? [] };
      return describeChecks(verification);
    } catch (error) {
      if (request.hostCleanup === 'bestEffort') throw error;
      await state.park(error);
      state.amendStep('cleanHost', await runStage(state, 'cleanHost', round));
    }
  }
};

const hostTargetOf = ({ input }: NodeState): HostTarget => toHostTarget(input.task.context.holder, input.node);
