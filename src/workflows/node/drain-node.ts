import { ApplicationFailure, condition, sleep, workflowInfo } from '@temporalio/workflow';
import { toCountText, toShortList } from '../../domain/text/counts.ts';
import { withoutFullStop } from '../../domain/text/join-sentences.ts';
import { FailureType } from '../../domain/run/failures.ts';
import { toSkippedReadMilliseconds } from '../../domain/run/drain-progress.ts';
import { planWave } from '../../domain/eviction/plan-wave.ts';
import { needsConfirmation } from '../../domain/node/out-of-service.ts';
import { toWorkloadKey } from '../../domain/plan/planned-workloads.ts';
import type { DrainState } from '../../domain/run/context.ts';
import { shortActivities } from '../runtime/activity-options.ts';
import { dropConfirmation, endPodsOfDeadNode, forgetDeadNode, withoutLeft } from './dead-node.ts';
import type { Detachment } from './detachment.ts';
import { DrainMemory, isHistoryLong } from './drain-memory.ts';
import { evictWave } from './evict-wave.ts';
import { leaveBalancers } from './leave-balancers.ts';
import type { NodeState } from './node-state.ts';
import { awaitReplacements } from './replacement-wait.ts';

/** The server refuses more than 2,000 pending activities, and each one adds to the history. */
const MAX_EVICTIONS_AT_ONCE = 500;
/** Per read: the notes of all nodes are part of the task's report. */
const MAX_LATE_NOTES = 20;
const MAX_KEPT_NAMES = 50;

/**
 * Evicts until the node is empty twice in a row. Returns a sentence for the report. The first eviction waits for nothing; the node counts as
 * empty only when it still is some time after the cordon, since the scheduler may bind a pod until then. Volumes are awaited in the meantime.
 * Then it waits until the workloads of its pods have as many Ready ones as before.
 *
 * @throws ApplicationFailure `DrainTimeout`: pods were still on the node at the deadline.
 * @throws ApplicationFailure `ConsentMissing`: a pod needs consent that the request does not give.
 * @throws ApplicationFailure `NodeBoundPods`: pods of a workload were recreated on the cordoned node three times.
 * @throws ActivityFailure caused by a failure of `excludeFromBalancers`, `readDrainState`, `protectWorkloads`, `evictPod` or
 *   `awaitReplacements`
 * @throws CancelledFailure
 */
export const drainNode = async (state: NodeState, detachment: Detachment): Promise<string> => {
  await leaveBalancers(state);
  try {
    return await drain(state, new DrainMemory(state), detachment);
  } finally {
    dropConfirmation(state);
  }
};

const drain = async (state: NodeState, memory: DrainMemory, detachment: Detachment): Promise<string> => {
  const { waits, request } = state.input.task;
  state.drainStartedAt = memory.startedAt;
  /** Milliseconds since the epoch: when the node may count as empty; undefined: it was not empty. */
  let emptyFrom: number | undefined;
  let kept: readonly string[] = [];
  for (;;) {
    await memory.pass(() => detachment.drop());
    state.drainDeadlineAt = memory.deadlineAt;
    const drainState = await shortActivities.readDrainState(state.input.task.context, request, state.target);
    await noteDeadNode(state, memory, drainState);
    state.leaving.observe(drainState.targets);
    refuseWithoutConsent(drainState);
    state.nothingStays = drainState.nothingStays === true;
    kept = drainState.kept ?? [];
    if (drainState.targets.length === 0) {
      const now = Date.now();
      if (emptyFrom !== undefined && now >= emptyFrom) {
        if (await awaitReplacements(state, memory, detachment)) break;
        continue;
      }
      emptyFrom ??= Math.max(now + waits.emptyTwiceSeconds * 1000, memory.startedAt + waits.settleSeconds * 1000);
      detachment.begin();
      await sleep(emptyFrom - now, { summary: 'node is empty; checking again' });
      continue;
    }
    emptyFrom = undefined;
    memory.forgetReplacementWait();
    await detachment.drop();
    memory.observeReplaced(drainState.replaced);
    refuseNodeBound(memory.returning.observe(drainState.targets));
    refuseAfterDeadline(state, drainState);
    await protectLateWorkloads(state, drainState);
    if (await removeTargets(state, memory, drainState)) await memory.continueAsNew();
  }
  return describeEnd(state, kept);
};

const describeEnd = (state: NodeState, kept: readonly string[]): string => {
  const removed = `${toCountText(state.pods.size, 'pod')} removed`;
  if (kept.length === 0) return `${removed}; the node was empty twice in a row`;
  state.note([`left in place by keepPods: ${toShortList(kept, MAX_KEPT_NAMES)}`]);
  return `${removed}; twice in a row, only ${toCountText(kept.length, 'pod')} that keepPods leaves in place were left`;
};

const noteDeadNode = async (state: NodeState, memory: DrainMemory, { dead }: DrainState): Promise<void> => {
  state.isOutOfService = dead?.isOutOfService === true;
  if (!needsConfirmation(dead)) await forgetDeadNode(state, memory);
  // Unchanged, except after a wait that does not count for it.
  state.drainDeadlineAt = memory.deadlineAt;
};

/** One round for the pods that are left. True: the history has become long. */
const removeTargets = async (state: NodeState, memory: DrainMemory, drainState: DrainState): Promise<boolean> => {
  const { dead } = drainState;
  if (needsConfirmation(dead)) {
    const end = await endPodsOfDeadNode(state, memory, dead);
    if (end !== 'marked') return end === 'recalled';
  }
  const wave = planWave(withoutLeft(state, drainState), MAX_EVICTIONS_AT_ONCE);
  return wave.evicted.length === 0 ? await awaitSkipped(state, drainState) : await evictWave(state, wave);
};

/**
 * Only pods are left that an operator has skipped: waits for another request, or until it is time to read the node again. True: the history
 * has become long.
 */
const awaitSkipped = async (state: NodeState, { targets }: DrainState): Promise<boolean> => {
  const { steering, gate, drainDeadlineAt = Infinity } = state;
  const { revision } = steering;
  const { historyLength } = workflowInfo();
  const names = targets.flatMap(({ namespace, name, uid }) => {
    const skipped = steering.skippedBy(uid);
    return skipped === undefined ? [] : [`${namespace}/${name} (by ${skipped.by})`];
  });
  state.setMessage(
    `waiting until skipped pods are gone: ${toShortList(names, 5)}. Send \`retryPod\` to evict one after all.`,
  );
  const milliseconds = Math.max(1000, Math.min(toSkippedReadMilliseconds(historyLength), drainDeadlineAt - Date.now()));
  const isChanged = (): boolean => steering.revision !== revision || gate.isHeld;
  await condition(() => isChanged() || isHistoryLong(historyLength), milliseconds);
  return !isChanged() && isHistoryLong(historyLength);
};

const refuseWithoutConsent = ({ refusals }: DrainState): void => {
  if (refusals.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `pods on the node need consent that the request does not give: ${toShortList(refusals, 5, '; ')}`,
    FailureType.ConsentMissing,
  );
};

const refuseNodeBound = (workload: string | undefined): void => {
  if (workload === undefined) return;
  throw ApplicationFailure.nonRetryable(
    `pods of ${workload} were recreated on the cordoned node three times, so it cannot be drained. Change their tolerations or affinity, or remove the workload, then start again.`,
    FailureType.NodeBoundPods,
  );
};

const refuseAfterDeadline = (state: NodeState, { targets }: DrainState): void => {
  if (state.drainDeadlineAt === undefined || Date.now() < state.drainDeadlineAt) return;
  const waits = targets.slice(0, 5).map(({ namespace, name, uid }) => {
    const wait = withoutFullStop(state.pods.get(uid)?.message ?? '');
    return `${namespace}/${name}${wait === '' ? '' : ` (${wait})`}`;
  });
  throw ApplicationFailure.nonRetryable(
    `the node still had ${toCountText(targets.length, 'pod')} at the deadline: ${waits.join(', ')}. Fix what blocks them, or raise timeoutSeconds.`,
    FailureType.DrainTimeout,
  );
};

/** Pods that were bound before the cordon took effect get the same protection as planned ones; workloads without a budget are noted. */
const protectLateWorkloads = async (state: NodeState, { targets, isCovered }: DrainState): Promise<void> => {
  const { task } = state.input;
  const isLate = targets.some(({ uid }) => !state.leaving.isKnown(uid));
  if (!isLate || isCovered === true) return;
  const { target } = state;
  const { created, plans } = await shortActivities.protectWorkloads(
    task.context,
    task.request,
    [target.nodeName],
    target,
  );
  state.note(created.map(({ namespace, name }) => `budget ${namespace}/${name} protects a workload on the node`));
  const { plannedWorkloads } = state.input;
  // Of a plan that was too large to list the workloads, no workload is known to be a late one.
  if (plannedWorkloads === undefined) return;
  const late = plans.filter((plan) => plan.action === 'none' && !plannedWorkloads.includes(toWorkloadKey(plan)));
  state.note(
    late
      .slice(0, MAX_LATE_NOTES)
      .map(
        ({ workload, namespace, reason }) =>
          `${workload} in ${namespace} appeared after planning and gets no budget: ${reason}`,
      ),
  );
};
