import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { describeReplacements } from '../../domain/replacements/describe-replacements.ts';
import { toReplacedName, type ReplacedWorkload } from '../../domain/replacements/replaced-workload.ts';
import { pollingActivities } from '../runtime/activity-options.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { isCancelledOnRequest } from '../runtime/failure-report.ts';
import type { Detachment } from './detachment.ts';
import { isHistoryLong, type DrainMemory } from './drain-memory.ts';
import type { NodeState } from './node-state.ts';

/** After a longer wait the node is read again: a pod may have been created for it past the scheduler. */
const READ_AGAIN_MILLISECONDS = 1000;

/**
 * Waits until the workloads whose pods have left the node have as many Ready pods as before, without those that an operator skips. True: they
 * have, and the node need not be read again. A pause, a skip, and a history that has become long end the wait early: it begins again with the
 * next call.
 *
 * @throws ActivityFailure caused by `DrainTimeout`, or by a failure of the reads
 * @throws CancelledFailure
 */
export const awaitReplacements = async (
  state: NodeState,
  memory: DrainMemory,
  detachment: Detachment,
): Promise<boolean> => {
  const workloads = [...memory.replaced.values()];
  if (workloads.length === 0) return true;
  const startedAt = Date.now();
  const { historyLength } = workflowInfo();
  const known = workloads.filter(({ readyBefore }) => readyBefore !== undefined);
  const since = memory.replacementsAwaitedFrom;
  memory.replacementsAwaitedFrom ??= startedAt;
  const ends = known.length === 0 ? [] : await runUnlessRecalled(state, known, historyLength, since);
  if (ends === undefined) {
    if (!isHistoryLong(historyLength) || state.gate.isHeld) return false;
    await detachment.drop();
    await memory.continueAsNew();
    return false;
  }
  memory.replaced.clear();
  memory.forgetReplacementWait();
  const skips = state.steering.skippedReplacements.map(
    ({ workload, by, reason }) => [toReplacedName(workload), { by, reason }] as const,
  );
  state.note(describeReplacements(workloads, ends, new Map(skips)));
  return Date.now() - startedAt <= READ_AGAIN_MILLISECONDS;
};

type Ends = Awaited<ReturnType<typeof pollingActivities.awaitReplacements>>;

/** Undefined: ended early. */
const runUnlessRecalled = async (
  state: NodeState,
  known: readonly ReplacedWorkload[],
  historyLength: number,
  since: number | undefined,
): Promise<Ends | undefined> => {
  const { task } = state.input;
  const { target, gate, steering, drainDeadlineAt: deadlineAt } = state;
  const endsAtDeadline = task.request.onTimeout === 'delete';
  const skippedUids = new Set(steering.skippedReplacements.map(({ workload }) => workload.owner.uid));
  const workloads = known.filter(({ owner }) => !skippedUids.has(owner.uid));
  const skipped = workloads.length === known.length ? undefined : known.filter((each) => !workloads.includes(each));
  const input = {
    nodeName: target.nodeName,
    workloads,
    endsAtDeadline,
    ...definedFields({ skipped, since, deadlineAt }),
  };
  steering.awaitedReplacements = workloads;
  state.setMessage(`node ${target.nodeName} is empty; waiting until replacements of its pods are Ready`);
  const isInterrupted = (): boolean =>
    gate.isHeld || steering.awaitedReplacements.length < workloads.length || isHistoryLong(historyLength);
  const scope = new CancellationScope({ cancellable: true });
  const wait = { isOver: false, isRecalled: false };
  const ended = scope
    .run(() => pollingActivities.awaitReplacements(task.context, input))
    .finally(() => (wait.isOver = true));
  const recalled = condition(() => wait.isOver || isInterrupted()).then(() => {
    if (wait.isOver) return;
    wait.isRecalled = true;
    scope.cancel();
  });
  // A cancelled run rejects it early; it is awaited only after the activity has ended.
  recalled.catch(() => undefined);
  try {
    return await ended;
  } catch (error) {
    const isOfAll = CancellationScope.current().consideredCancelled;
    if (!wait.isRecalled || isOfAll || !isCancelledOnRequest(error)) throw error;
    return undefined;
  }
};
