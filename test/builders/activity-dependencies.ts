import type { ActivityDependencies } from '../../src/activities/support/activity-dependencies.ts';
import type { FakeCluster } from '../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../fakes/fake-workflow-directory.ts';

/** A worker that serves this one cluster, with the default waits and limits and the time of `Date`. */
export const activityDependencies = (
  cluster: FakeCluster,
  overrides: Partial<ActivityDependencies> = {},
): ActivityDependencies => ({
  clusters: new Map([[cluster.name, cluster]]),
  directory: new FakeWorkflowDirectory(),
  waits: {
    settleSeconds: 5,
    emptyTwiceSeconds: 5,
    staysGoneSeconds: 60,
    detachSeconds: 600,
    budgetObservedSeconds: 60,
    hostPatienceSeconds: 3600,
  },
  limits: { maxConcurrentEvictions: 20, activitySlots: 2000, requestTimeoutSeconds: 30 },
  now: () => Date.now(),
  ...overrides,
});
