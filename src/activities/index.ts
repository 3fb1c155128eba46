import { log } from '@temporalio/activity';
import { acceptRequest } from './plan/accept-request.ts';
import type { ActivityDependencies } from './support/activity-dependencies.ts';
import { awaitNodeStaysGone } from './node/await-node-stays-gone.ts';
import { awaitVolumesDetached } from './volumes/await-volumes-detached.ts';
import { confirmDrained } from './eviction/confirm-drained.ts';
import { cordonNode, releaseNodeKeepingCordon, uncordonNode } from './node/cordon-node.ts';
import { deleteNode } from './node/delete-node.ts';
import { evictPod } from './eviction/evict-pod.ts';
import { CoordinatorRegistry } from './eviction/coordinator-registry.ts';
import { awaitVolumesUnmounted } from './volumes/await-volumes-unmounted.ts';
import { proveHost } from './host/prove-host.ts';
import { runHostStage } from './host/run-host-stage.ts';
import { verifyHost } from './host/verify-host.ts';
import { keepBeating } from './support/with-heartbeat.ts';
import { acquireNodeLock, releaseNodeLock } from './node/node-lock.ts';
import { planTask } from './plan/plan-task.ts';
import { protectWorkloads } from './budgets/protect-workloads.ts';
import { readDrainState } from './eviction/read-drain-state.ts';
import { readNodeFate } from './node/read-node-presence.ts';
import { readReturnedNodes } from './node/read-returned-nodes.ts';
import { releaseBudgets } from './budgets/release-budgets.ts';
import { toApplicationFailure } from './support/to-application-failure.ts';

type Activity<Arguments extends unknown[], Result> = (...args: Arguments) => Promise<Result>;

/** Every failure leaves as one of ours; what was not foreseen is logged here, where it may say everything. */
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

/** The activities of both workflows. What each does and throws is said where it is written. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the workflow takes its proxies' types from here
export const createActivities = (dependencies: ActivityDependencies) => {
  const coordinators = new CoordinatorRegistry(dependencies);
  return {
    acceptRequest: guarded(keepBeating(acceptRequest(dependencies))),
    planTask: guarded(keepBeating(planTask(dependencies))),
    acquireNodeLock: guarded(keepBeating(acquireNodeLock(dependencies))),
    releaseNodeLock: guarded(keepBeating(releaseNodeLock(dependencies))),
    protectWorkloads: guarded(keepBeating(protectWorkloads(dependencies))),
    releaseBudgets: guarded(releaseBudgets(dependencies)),
    cordonNode: guarded(keepBeating(cordonNode(dependencies))),
    uncordonNode: guarded(keepBeating(uncordonNode(dependencies))),
    releaseNodeKeepingCordon: guarded(keepBeating(releaseNodeKeepingCordon(dependencies))),
    readDrainState: guarded(keepBeating(readDrainState(dependencies))),
    evictPod: guarded(evictPod(coordinators)),
    awaitVolumesDetached: guarded(awaitVolumesDetached(dependencies)),
    awaitVolumesUnmounted: guarded(keepBeating(awaitVolumesUnmounted(dependencies))),
    proveHost: guarded(keepBeating(proveHost(dependencies))),
    runHostStage: guarded(keepBeating(runHostStage(dependencies))),
    verifyHost: guarded(keepBeating(verifyHost(dependencies))),
    confirmDrained: guarded(keepBeating(confirmDrained(dependencies))),
    deleteNode: guarded(keepBeating(deleteNode(dependencies))),
    awaitNodeStaysGone: guarded(awaitNodeStaysGone(dependencies)),
    readReturnedNodes: guarded(keepBeating(readReturnedNodes(dependencies))),
    readNodeFate: guarded(keepBeating(readNodeFate(dependencies))),
  };
};

export type Activities = ReturnType<typeof createActivities>;
