import { ApplicationFailure, CancellationScope, condition, sleep } from '@temporalio/workflow';
import { toCountText, toShortList } from '../../domain/text/counts.ts';
import { FailureType } from '../../domain/run/failures.ts';
import { toLostEviction } from '../../domain/eviction/lost-eviction.ts';
import { toWorkloadKey } from '../../domain/plan/planned-workloads.ts';
import { ReturningPods } from '../../domain/eviction/returning-pods.ts';
import type { DrainState, EvictionTarget } from '../../domain/run/context.ts';
import { shortActivities, pollingActivities } from '../runtime/activity-options.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import { isRecall, readLastHeartbeat, toFailureReport } from '../runtime/failure-report.ts';
import type { NodeState } from './node-state.ts';

/** The server refuses more than 2,000 pending activities; every one of them costs history. */
const MAX_EVICTIONS_AT_ONCE = 500;
/** Of one look: the notes of all nodes travel in the task's report. */
const MAX_LATE_NOTES = 20;

/**
 * Evicts until the node is empty twice in a row. Returns a sentence for the report. Throws ApplicationFailure `DrainTimeout`,
 * `ConsentMissing`, `NodeBoundPods`, `EvictionRefused`, `NodeChanged`, `CordonLost`, `LockLost`, and CancelledFailure.
 */
export const drainNode = async (state: NodeState): Promise<string> => {
  const { waits, request } = state.input.task;
  await sleep(waits.settleSeconds * 1000, { summary: 'pods that were bound meanwhile show up' });
  const startedAt = Date.now();
  const pausedBefore = state.gate.pausedMilliseconds;
  const returning = new ReturningPods();
  for (let emptyLooks = 0; emptyLooks < 2;) {
    await state.gate.pass();
    const pausedMilliseconds = state.gate.pausedMilliseconds - pausedBefore;
    state.drainDeadlineAt =
      request.timeoutSeconds === undefined ? undefined : startedAt + request.timeoutSeconds * 1000 + pausedMilliseconds;
    const look = await shortActivities.readDrainState(state.input.task.context, request, state.target);
    refuseWithoutConsent(look);
    if (look.targets.length === 0) {
      emptyLooks += 1;
      if (emptyLooks < 2) await sleep(waits.emptyTwiceSeconds * 1000, { summary: 'empty; a second look follows' });
      continue;
    }
    emptyLooks = 0;
    refuseNodeBound(returning.observe(look.targets));
    refuseAfterDeadline(state, look);
    await protectLateWorkloads(state, look);
    await evictAll(state, toSlice(look.targets));
  }
  return `${state.pods.size} pods are gone; the node was empty twice in a row`;
};

/** Two open activities of one id would fail the workflow task for ever, so each name goes once. */
const toSlice = (targets: readonly EvictionTarget[]): readonly EvictionTarget[] => {
  const byName = new Map(targets.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
  return [...byName.values()].slice(0, MAX_EVICTIONS_AT_ONCE);
};

const refuseWithoutConsent = ({ refusals }: DrainState): void => {
  if (refusals.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `pods on the node need a consent that the request does not give: ${toShortList(refusals, 5, '; ')}`,
    FailureType.ConsentMissing,
  );
};

const refuseNodeBound = (workload: string | undefined): void => {
  if (workload === undefined) return;
  throw ApplicationFailure.nonRetryable(
    `pods of ${workload} came back to the cordoned node three times, so they are bound to it. Change their tolerations or affinity, or remove the workload, then start again.`,
    FailureType.NodeBoundPods,
  );
};

const refuseAfterDeadline = (state: NodeState, look: DrainState): void => {
  if (state.drainDeadlineAt === undefined || Date.now() < state.drainDeadlineAt) return;
  const names = look.targets.slice(0, 5).map(({ namespace, name }) => `${namespace}/${name}`);
  throw ApplicationFailure.nonRetryable(
    `the node still held ${toCountText(look.targets.length, 'pod')} at the deadline: ${names.join(', ')}. Raise timeoutSeconds, or remove what they wait for.`,
    FailureType.DrainTimeout,
  );
};

/** Pods that were bound before the cordon took hold get the same protection as those the plan saw; what gets none is said. */
const protectLateWorkloads = async (state: NodeState, look: DrainState): Promise<void> => {
  const { task } = state.input;
  const isLate = look.targets.some(({ uid }) => !state.pods.has(uid));
  if (!isLate) return;
  const { created, plans } = await shortActivities.protectWorkloads(task.context, task.request, [
    state.target.nodeName,
  ]);
  state.note(created.map(({ namespace, name }) => `budget ${namespace}/${name} protects a workload on the node`));
  const late = plans.filter(
    (plan) => plan.action === 'none' && !state.input.plannedWorkloads.includes(toWorkloadKey(plan)),
  );
  state.note(
    late
      .slice(0, MAX_LATE_NOTES)
      .map(
        ({ workload, namespace, reason }) =>
          `${workload} in ${namespace} came after the plan and gets no budget: ${reason}`,
      ),
  );
};

/** One activity per pod, all at once. A pause recalls those not accepted yet; the first real failure recalls the others. */
const evictAll = async (state: NodeState, targets: readonly EvictionTarget[]): Promise<void> => {
  state.startEvictions(targets);
  let failure: unknown;
  const scope = new CancellationScope({ cancellable: true });
  const evictions = scope.run(() =>
    Promise.all(
      targets.map((pod) =>
        evictOne(state, pod).catch((error: unknown) => {
          if (isRecall(error)) return;
          failure ??= error;
          scope.cancel();
        }),
      ),
    ),
  );
  let isOver = false;
  const over = evictions.finally(() => (isOver = true));
  const recallOnPause = condition(() => isOver || state.gate.paused !== undefined).then(() => {
    if (!isOver) scope.cancel();
  });
  // A cancelled run rejects it first; it is looked at only once no eviction is in flight any more.
  recallOnPause.catch(() => undefined);
  await over;
  await recallOnPause;
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- it is what the activity threw
  if (failure !== undefined) throw failure;
};

const evictOne = async (state: NodeState, pod: EvictionTarget): Promise<void> => {
  const { task } = state.input;
  try {
    const { gracePeriodSeconds } = task.request;
    const { target: node, drainDeadlineAt: deadlineAt } = state;
    const bounds = definedFields({ gracePeriodSeconds, deadlineAt });
    const result = await pollingActivities.evictPod(task.context, { node, pod, ...bounds });
    state.endEviction(pod, result);
  } catch (error) {
    const untouched = { outcome: 'NotEvicted', message: toFailureReport(error).message } as const;
    state.endEviction(pod, toLostEviction(readLastHeartbeat(error)) ?? untouched);
    throw error;
  }
};
