import { CancellationScope, patched } from '@temporalio/workflow';
import { FailureType } from '../../domain/run/failure-type.ts';
import { HOST_LOOK_FAILURES } from '../../domain/host/check-failures.ts';
import { toHostOrder, type HostOrder } from '../../domain/host/target.ts';
import type { HostStage } from '../../domain/host/stage.ts';
import type { StepName } from '../../domain/run/report.ts';
import { hostLook, hostStage } from '../runtime/activity-options.ts';
import { isFailureOfType, toFailureReport } from '../runtime/failure-report.ts';
import type { NodeRun } from './node-state.ts';
import { passPointOfNoReturn } from './point-of-no-return.ts';

const SKIPPED = 'hostCleanup: skip';

/** Seconds that the host itself gives each stage. */
const STAGE_DEADLINE_SECONDS: Readonly<Record<HostStage, number>> = { stopKubelet: 300, cleanHost: 900 };

/**
 * Step 6, the point of no return of a run that cleans the host. True when the host was taken: from then on nothing puts the node back.
 * False when the host is left alone: it was not asked for, or could not be had and `bestEffort` allows it. What it throws proves that the
 * host did nothing.
 */
export const stopKubelet = async (run: NodeRun): Promise<boolean> => {
  const { hostCleanup } = run.order.task.request;
  if (hostCleanup === 'skip') return leaveHost(run, SKIPPED);
  try {
    await run.step('stopKubelet', () =>
      passPointOfNoReturn(
        run,
        () => carryOut(run, 'stopKubelet'),
        () => lookAtHost(run),
      ),
    );
    return true;
  } catch (error) {
    if (hostCleanup !== 'bestEffort' || !isFailureOfType(error, ...HOST_LOOK_FAILURES, FailureType.HostStageNotBegun))
      throw error;
    run.forgive();
    return leaveHost(run, `the host is left as it is: ${toFailureReport(error).message}`);
  }
};

const lookAtHost = async (run: NodeRun): Promise<void> => {
  const { context, waits } = run.order.task;
  await hostLook.proveHost(context, orderOf(run));
  if (!run.hasUnseenMounts || !patched('look-again-at-unseen-mounts')) return;
  const deadlineAt = Date.now() + waits.detachSeconds * 1000;
  await hostLook.awaitVolumesUnmounted(context, { ...orderOf(run), podUids: [...run.pods.keys()], deadlineAt });
};

/**
 * Part of step 5: waits until nothing of an evicted pod is mounted on the host. One that cannot be looked at now is looked at again before
 * its kubelet is stopped.
 */
export const awaitUnmounted = async (run: NodeRun, deadlineAt: number): Promise<void> => {
  const { context, request } = run.order.task;
  const podUids = [...run.pods.keys()];
  if (request.hostCleanup === 'skip' || podUids.length === 0) return;
  try {
    await hostLook.awaitVolumesUnmounted(context, { ...orderOf(run), podUids, deadlineAt });
  } catch (error) {
    if (!isFailureOfType(error, ...HOST_LOOK_FAILURES)) throw error;
    run.hasUnseenMounts = true;
    run.note([`the mounts on the host could not be looked at: ${toFailureReport(error).message}`]);
  }
};

/** Steps 8 and 9. Past the point of no return: what fails parks, or is noted where `bestEffort` allows it. */
export const cleanHost = async (run: NodeRun): Promise<void> => {
  await CancellationScope.nonCancellable(async () => {
    await pastReturn(run, 'cleanHost', () => carryOut(run, 'cleanHost'));
    await pastReturn(run, 'verifyHost', () => verify(run));
  });
};

const leaveHost = (run: NodeRun, why: string): false => {
  for (const name of ['stopKubelet', 'cleanHost', 'verifyHost'] as const) run.skip(name, why);
  if (why !== SKIPPED) run.note([why]);
  return false;
};

const pastReturn = async (run: NodeRun, name: StepName, work: () => Promise<string>): Promise<void> => {
  try {
    await run.stepRegardless(name, work);
  } catch (error) {
    // Only `bestEffort` lets a failure through to here.
    run.forgive();
    run.note([`${name} did not succeed: ${toFailureReport(error).message}`]);
  }
};

/**
 * Has the host carry out a stage. Throws only while it is proven that nothing was begun, or where the cleanup may fail.
 * `round`: as `StageOrder.round`.
 */
const carryOut = async (run: NodeRun, stage: HostStage, round = 0): Promise<string> => {
  const { context, waits } = run.order.task;
  for (let isRepeat = false; ; isRepeat = true) {
    try {
      const order = { ...orderOf(run), deadlineSeconds: STAGE_DEADLINE_SECONDS[stage], isRepeat, round };
      return await hostStage(waits).runHostStage(context, stage, order);
    } catch (error) {
      const isUntouched = stage === 'stopKubelet' && !isRepeat && isFailureOfType(error, FailureType.HostStageNotBegun);
      if (isUntouched || mayFail(run, stage)) throw error;
      await run.park(error);
    }
  }
};

/** The kubelet's stop is no part that may fail: the Node would be deleted and come back. */
const mayFail = (run: NodeRun, stage: HostStage): boolean =>
  stage !== 'stopKubelet' && run.order.task.request.hostCleanup === 'bestEffort';

/** What is not clean is cleaned again once a person has removed the cause. */
const verify = async (run: NodeRun): Promise<string> => {
  const { context, request, waits } = run.order.task;
  for (let round = 1; ; round += 1) {
    try {
      return await hostStage(waits).verifyHost(context, orderOf(run));
    } catch (error) {
      if (request.hostCleanup === 'bestEffort') throw error;
      await run.park(error);
      await carryOut(run, 'cleanHost', round);
    }
  }
};

const orderOf = ({ order }: NodeRun): HostOrder => toHostOrder(order.task.context.holder, order.node);
