import type { ActivityDependencies } from '../../src/activities/support/activity-dependencies.ts';
import type { FakeCluster } from '../fakes/fake-cluster.ts';
import { FakeScheduler } from '../fakes/fake-scheduler.ts';
import { FakeWorkflowDirectory } from '../fakes/fake-workflow-directory.ts';
import { DEFAULT_WAITS } from './wait-settings.ts';

/** A worker that serves this one cluster, with the default waits and limits and the time of `Date`. */
export const activityDependencies = (
  cluster: FakeCluster,
  overrides: Partial<ActivityDependencies> = {},
): ActivityDependencies => ({
  clusters: new Map([[cluster.name, cluster]]),
  scheduler: new FakeScheduler(),
  directory: new FakeWorkflowDirectory(),
  waits: DEFAULT_WAITS,
  limits: { maxConcurrentEvictions: 20, activitySlots: 2000, requestTimeoutSeconds: 30 },
  now: () => Date.now(),
  ...overrides,
});
