import { ApplicationFailure, CancellationScope, condition, sleep } from '@temporalio/workflow';
import { toCountText } from '../../domain/text/count-text.ts';
import { FailureType } from '../../domain/run/failure-type.ts';
import { toLostEviction } from '../../domain/eviction/lost-eviction.ts';
import { toWorkloadKey } from '../../domain/plan/planned-workloads.ts';
import { ReturningPods } from '../../domain/eviction/returning-pods.ts';
import type { DrainLook, EvictionTarget } from '../../domain/run/context.ts';
import { forward, waiting } from '../runtime/activity-options.ts';
import { isRecall, readLastHeartbeat, toFailureReport } from '../runtime/failure-report.ts';
import type { NodeRun } from './node-state.ts';

/** The server refuses more than 2,000 pending activities; every one of them costs history. */
const MAX_EVICTIONS_AT_ONCE = 500;
/** Of one look: the notes of all nodes travel in the task's report. */
const MAX_LATE_NOTES = 20;

/**
 * Evicts until the node is empty twice in a row. Returns a sentence for the report. Throws ApplicationFailure `DrainTimeout`,
 * `ConsentMissing`, `NodeBoundPods`, `EvictionRefused`, `NodeChanged`, `CordonLost`, `LockLost`, and CancelledFailure.
 */
export const drainNode = async (run: NodeRun): Promise<string> => {
  const { waits, request } = run.order.task;
  await sleep(waits.settleSeconds * 1000, { summary: 'pods that were bound meanwhile show up' });
  const startedAt = Date.now();
  const pausedBefore = run.gate.pausedMilliseconds;
  const returning = new ReturningPods();
  for (let emptyLooks = 0; emptyLooks < 2;) {
    await run.gate.pass();
    const pausedMilliseconds = run.gate.pausedMilliseconds - pausedBefore;
    run.drainDeadlineAt =
      request.timeoutSeconds === 0 ? 0 : startedAt + request.timeoutSeconds * 1000 + pausedMilliseconds;
    const look = await forward.readDrainState(run.order.task.context, request, run.target);
    refuseWithoutConsent(look);
    if (look.targets.length === 0) {
      emptyLooks += 1;
      if (emptyLooks < 2) await sleep(waits.emptyTwiceSeconds * 1000, { summary: 'empty; a second look follows' });
      continue;
    }
    emptyLooks = 0;
    refuseNodeBound(returning.observe(look.targets));
    refuseAfterDeadline(run, look);
    await protectLateWorkloads(run, look);
    await evictAll(run, toSlice(look.targets));
  }
  return `${run.pods.size} pods are gone; the node was empty twice in a row`;
};

/** Two open activities of one id would fail the workflow task for ever, so each name goes once. */
const toSlice = (targets: readonly EvictionTarget[]): readonly EvictionTarget[] => {
  const byName = new Map(targets.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
  return [...byName.values()].slice(0, MAX_EVICTIONS_AT_ONCE);
};

const refuseWithoutConsent = ({ refusals }: DrainLook): void => {
  if (refusals.length === 0) return;
  const more = refusals.length > 5 ? ` and ${refusals.length - 5} more` : '';
  throw ApplicationFailure.nonRetryable(
    `pods on the node need a consent that the request does not give: ${refusals.slice(0, 5).join('; ')}${more}`,
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

const refuseAfterDeadline = (run: NodeRun, look: DrainLook): void => {
  if (run.drainDeadlineAt === 0 || Date.now() < run.drainDeadlineAt) return;
  const names = look.targets.slice(0, 5).map(({ namespace, name }) => `${namespace}/${name}`);
  throw ApplicationFailure.nonRetryable(
    `the node still held ${toCountText(look.targets.length, 'pod')} at the deadline: ${names.join(', ')}. Raise timeoutSeconds, or remove what they wait for.`,
    FailureType.DrainTimeout,
  );
};

/** Pods that were bound before the cordon took hold get the same protection as those the plan saw; what gets none is said. */
const protectLateWorkloads = async (run: NodeRun, look: DrainLook): Promise<void> => {
  const { task } = run.order;
  const isLate = look.targets.some(({ uid }) => !run.pods.has(uid));
  if (!isLate) return;
  const { created, plans } = await forward.protectWorkloads(task.context, task.request, [run.target.nodeName]);
  run.note(created.map(({ namespace, name }) => `budget ${namespace}/${name} protects a workload on the node`));
  const late = plans.filter(
    (plan) => plan.action === 'none' && !run.order.plannedWorkloads.includes(toWorkloadKey(plan)),
  );
  run.note(
    late
      .slice(0, MAX_LATE_NOTES)
      .map(
        ({ workload, namespace, reason }) =>
          `${workload} in ${namespace} came after the plan and gets no budget: ${reason}`,
      ),
  );
};

/** One activity per pod, all at once. A pause recalls those not accepted yet; the first real failure recalls the others. */
const evictAll = async (run: NodeRun, targets: readonly EvictionTarget[]): Promise<void> => {
  run.startEvictions(targets);
  let failure: unknown;
  const scope = new CancellationScope({ cancellable: true });
  const evictions = scope.run(() =>
    Promise.all(
      targets.map((pod) =>
        evictOne(run, pod).catch((error: unknown) => {
          if (isRecall(error)) return;
          failure ??= error;
          scope.cancel();
        }),
      ),
    ),
  );
  let isOver = false;
  const over = evictions.finally(() => (isOver = true));
  const recallOnPause = condition(() => isOver || run.gate.paused !== undefined).then(() => {
    if (!isOver) scope.cancel();
  });
  // A cancelled run rejects it first; it is looked at only once no eviction is in flight any more.
  recallOnPause.catch(() => undefined);
  await over;
  await recallOnPause;
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- it is what the activity threw
  if (failure !== undefined) throw failure;
};

const evictOne = async (run: NodeRun, pod: EvictionTarget): Promise<void> => {
  const { task } = run.order;
  try {
    const { gracePeriodSeconds } = task.request;
    const { target: node, drainDeadlineAt: deadlineAt } = run;
    const result = await waiting.evictPod(task.context, { node, pod, gracePeriodSeconds, deadlineAt });
    run.endEviction(pod, result);
  } catch (error) {
    const untouched = { outcome: 'NotEvicted', message: toFailureReport(error).message } as const;
    run.endEviction(pod, toLostEviction(readLastHeartbeat(error)) ?? untouched);
    throw error;
  }
};
