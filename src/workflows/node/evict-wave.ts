import { CancellationScope, condition, sleep, workflowInfo } from '@temporalio/workflow';
import { toDeletionMoment } from '../../domain/eviction/deletion-moment.ts';
import { isOrdinary, type PodWave } from '../../domain/eviction/plan-wave.ts';
import { toSkippedReadMilliseconds } from '../../domain/run/drain-progress.ts';
import type { EvictionTarget } from '../../domain/run/context.ts';
import { shortActivities } from '../runtime/activity-options.ts';
import { throwDefect } from '../runtime/failure-report.ts';
import { withoutLeft } from './dead-node.ts';
import { isHistoryLong } from './drain-memory.ts';
import { evictOne, type Turn } from './evict-one.ts';
import { evictTogether } from './evict-together.ts';
import type { NodeState } from './node-state.ts';

/**
 * Evicts the pods of a wave, an activity for each, all at once. Those that wait get none, unless an operator has one deleted, or the hard end
 * (`onTimeout: delete`) is near; they are decided again after the next read of the node. True: the evictions were recalled, because the history
 * has become long.
 *
 * @throws ActivityFailure caused by a failure of `evictPod`, `surgePod` or `deletePod`
 * @throws CancelledFailure
 */
export const evictWave = async (state: NodeState, wave: PodWave): Promise<boolean> => {
  const { historyLength } = workflowInfo();
  state.leaving.wait(wave);
  const waiting = new Set(wave.waiting);
  const evict = (pod: EvictionTarget): Promise<void> =>
    evictOne(state, pod, waiting.has(pod) ? toTurn(state, pod) : undefined);
  const late = wave.evicted.every((pod) => !isOrdinary(pod)) ? watchForLate(state) : undefined;
  try {
    const isOverdue = (): boolean => late?.isThere === true || isHistoryLong(historyLength);
    const isRecalled = await evictTogether(state, wave, evict, isOverdue);
    return isRecalled && isHistoryLong(historyLength);
  } finally {
    await late?.end();
  }
};

/** Of a pod that waits: it is over once the others have left, since another may have been bound meanwhile. */
const toTurn = (state: NodeState, pod: EvictionTarget): Turn => {
  const { steering, leaving } = state;
  const isSteered = (): boolean => steering.isForced(pod.uid) || steering.skippedBy(pod.uid) !== undefined;
  const isDue = (): boolean => isSteered() || leaving.isWaveOver;
  const deletionAt = toDeletion(state, pod);
  return async () => {
    if (deletionAt === undefined) await condition(isDue);
    else await condition(isDue, Math.max(1, deletionAt - Date.now()));
    if (isSteered()) return 'steered';
    if (leaving.isWaveOver) return 'over';
    state.resumeEviction(pod);
    return 'evict';
  };
};

/** Milliseconds since the epoch; undefined: it is not deleted. */
const toDeletion = (state: NodeState, pod: EvictionTarget): number | undefined => {
  const { drainDeadlineAt: deadlineAt, drainStartedAt: startedAt } = state;
  const { terminationGracePeriodSeconds } = pod;
  if (deadlineAt === undefined || terminationGracePeriodSeconds === undefined) return undefined;
  return toDeletionMoment({ terminationGracePeriodSeconds }, { startedAt, deadlineAt });
};

interface LateWatch {
  /** An ordinary pod is on the node. */
  readonly isThere: boolean;
  readonly end: () => Promise<void>;
}

/** Reads the node again and again while its last pods leave: an ordinary pod that was bound since then goes before those that still wait. */
const watchForLate = (state: NodeState): LateWatch => {
  const scope = new CancellationScope({ cancellable: true });
  const found = { isThere: false };
  const { context, request } = state.input.task;
  const watch = scope.run(async () => {
    while (!found.isThere) {
      const milliseconds = toSkippedReadMilliseconds(workflowInfo().historyLength);
      await sleep(milliseconds, { summary: 'system-critical pods leave; checking for others' });
      const drainState = await shortActivities.readDrainState(context, request, state.target);
      found.isThere = withoutLeft(state, drainState).some(isOrdinary);
    }
  });
  // What it fails with, the evictions and the next read fail with, too.
  const ended = watch.catch(throwDefect);
  ended.catch(() => undefined);
  return {
    get isThere() {
      return found.isThere;
    },
    end: async () => {
      scope.cancel();
      await ended;
    },
  };
};
