import { log } from '@temporalio/activity';
import { acceptRequest } from './plan/accept-request.ts';
import { checkRequest } from './plan/check-request.ts';
import { SHORT_PATIENCE_SECONDS, UNDO_PATIENCE_SECONDS } from '../domain/run/patience.ts';
import { judgeWindows } from '../domain/windows/judge-windows.ts';
import type { TimeWindow } from '../domain/request/decommission-request.ts';
import type { ActivityDependencies } from './support/activity-dependencies.ts';
import { awaitNodeStaysGone } from './node/await-node-stays-gone.ts';
import { awaitVolumesDetached } from './volumes/await-volumes-detached.ts';
import { confirmDrained } from './eviction/confirm-drained.ts';
import { cordonNode, releaseNodeKeepingCordon, uncordonNode } from './node/cordon-node.ts';
import { awaitNodeWorkflow } from './node/await-node-workflow.ts';
import { deleteNode } from './node/delete-node.ts';
import { deletePod } from './eviction/delete-pod.ts';
import { endMachine } from './node/end-machine.ts';
import { evictPod } from './eviction/evict-pod.ts';
import { CoordinatorRegistry } from './eviction/coordinator-registry.ts';
import { awaitVolumesUnmounted } from './volumes/await-volumes-unmounted.ts';
import { proveHost } from './host/prove-host.ts';
import { runHostStage } from './host/run-host-stage.ts';
import { verifyHost } from './host/verify-host.ts';
import { withdrawHostStages } from './host/withdraw-host-stages.ts';
import { withBoundedRetries } from './support/with-bounded-retries.ts';
import { withHeartbeat } from './support/with-heartbeat.ts';
import { markNodeLeaving } from './eviction/mark-node-leaving.ts';
import { excludeFromBalancers } from './node/exclude-from-balancers.ts';
import { markOutOfService } from './node/mark-out-of-service.ts';
import { markNodeWaiting, releaseWaitingNode } from './node/mark-node-waiting.ts';
import { acquireNodeLock, releaseNodeLock } from './node/node-lock.ts';
import { listLeftovers } from './janitor/list-leftovers.ts';
import { planTask } from './plan/plan-task.ts';
import { repeatPreflight } from './plan/repeat-preflight.ts';
import { protectWorkloads } from './budgets/protect-workloads.ts';
import { readDrainState } from './eviction/read-drain-state.ts';
import { readNodePresence } from './node/read-node-presence.ts';
import { clearPointOfNoReturn, markPointOfNoReturn } from './node/point-of-no-return.ts';
import { readReturnedNodes } from './node/read-returned-nodes.ts';
import { releaseBudgets } from './budgets/release-budgets.ts';
import { releaseSurges } from './surge/release-surges.ts';
import { storeReport } from './node/store-report.ts';
import { awaitReplacements } from './readiness/await-replacements.ts';
import { surgePod } from './surge/surge-pod.ts';
import { leaveTurn } from './turns/leave-turn.ts';
import { takeTurns } from './turns/take-turns.ts';
import { toApplicationFailure } from './support/to-application-failure.ts';

type Activity<Arguments extends unknown[], Result> = (...args: Arguments) => Promise<Result>;

/** Converts every failure to a Temporal failure; an unexpected one is logged here in full, since it must not enter the history. */
const guarded =
  <Arguments extends unknown[], Result>(activity: Activity<Arguments, Result>): Activity<Arguments, Result> =>
  async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      const failure = toApplicationFailure(error);
      if ('type' in failure && failure.type === 'Defect') log.error('unexpected failure in an activity', { error });
      throw failure;
    }
  };

/** The same, with a heartbeat, and retried for a bounded time. */
const boundedBy =
  (dependencies: ActivityDependencies, patienceSeconds: number) =>
  <Arguments extends unknown[], Result>(activity: Activity<Arguments, Result>): Activity<Arguments, Result> =>
    withBoundedRetries(guarded(withHeartbeat(activity)), dependencies.now, patienceSeconds);

/** The activities of all workflows. Each one's docstring has its effects and failures. */
// oxlint-disable-next-line typescript/explicit-module-boundary-types -- the workflows derive their proxy types from it
export const createActivities = (dependencies: ActivityDependencies) => {
  const coordinators = new CoordinatorRegistry(dependencies);
  const short = boundedBy(dependencies, SHORT_PATIENCE_SECONDS);
  const undo = boundedBy(dependencies, UNDO_PATIENCE_SECONDS);
  return {
    checkRequest: guarded(checkRequest),
    acceptRequest: short(acceptRequest(dependencies)),
    planTask: short(planTask(dependencies)),
    repeatPreflight: short(repeatPreflight(dependencies)),
    judgeWindows: guarded((windows: readonly TimeWindow[], at: number) => Promise.resolve(judgeWindows(windows, at))),
    acquireNodeLock: short(acquireNodeLock(dependencies)),
    takeTurns: guarded(withHeartbeat(takeTurns(dependencies))),
    leaveTurn: short(leaveTurn(dependencies)),
    releaseNodeLock: undo(releaseNodeLock(dependencies)),
    protectWorkloads: short(protectWorkloads(dependencies)),
    releaseBudgets: undo(releaseBudgets(dependencies)),
    cordonNode: short(cordonNode(dependencies)),
    uncordonNode: undo(uncordonNode(dependencies)),
    releaseNodeKeepingCordon: undo(releaseNodeKeepingCordon(dependencies)),
    markNodeWaiting: short(markNodeWaiting(dependencies)),
    releaseWaitingNode: undo(releaseWaitingNode(dependencies)),
    markNodeLeaving: short(markNodeLeaving(dependencies)),
    excludeFromBalancers: short(excludeFromBalancers(dependencies)),
    readDrainState: short(readDrainState(dependencies, coordinators)),
    evictPod: guarded(evictPod(coordinators)),
    markOutOfService: short(markOutOfService(dependencies)),
    deletePod: short(deletePod(dependencies)),
    surgePod: guarded(withHeartbeat(surgePod(dependencies))),
    releaseSurges: undo(releaseSurges(dependencies)),
    awaitReplacements: guarded(withHeartbeat(awaitReplacements(dependencies))),
    awaitVolumesDetached: guarded(withHeartbeat(awaitVolumesDetached(dependencies))),
    awaitVolumesUnmounted: guarded(withHeartbeat(awaitVolumesUnmounted(dependencies))),
    proveHost: guarded(withHeartbeat(proveHost(dependencies))),
    runHostStage: guarded(withHeartbeat(runHostStage(dependencies))),
    withdrawHostStages: guarded(withHeartbeat(withdrawHostStages(dependencies))),
    verifyHost: guarded(withHeartbeat(verifyHost(dependencies))),
    confirmDrained: short(confirmDrained(dependencies)),
    markPointOfNoReturn: short(markPointOfNoReturn(dependencies)),
    clearPointOfNoReturn: undo(clearPointOfNoReturn(dependencies)),
    deleteNode: undo(deleteNode(dependencies)),
    endMachine: boundedBy(
      dependencies,
      dependencies.waits.hostPatienceSeconds ?? UNDO_PATIENCE_SECONDS,
    )(endMachine(dependencies)),
    awaitNodeStaysGone: guarded(awaitNodeStaysGone(dependencies)),
    readReturnedNodes: undo(readReturnedNodes(dependencies)),
    readNodePresence: undo(readNodePresence(dependencies)),
    awaitNodeWorkflow: guarded(withHeartbeat(awaitNodeWorkflow(dependencies))),
    storeReport: guarded(withHeartbeat(storeReport(dependencies))),
    listLeftovers: short(listLeftovers(dependencies)),
  };
};

export type Activities = ReturnType<typeof createActivities>;
