import type { QueueWorkers } from '../../src/domain/run/worker-routing.ts';
import type { WorkerVersion } from '../../src/domain/run/worker-version.ts';

const toVersion = (buildId: string): WorkerVersion => ({ deploymentName: 'drains', buildId });

/** One worker for each build id; an empty one: it is unversioned. `current`: absent without a current version. */
export const queueWorkers = (buildIds: readonly string[] = [''], current?: string): QueueWorkers => ({
  workers: buildIds.map((buildId) => ({
    identity: `worker-${buildId}`,
    ...(buildId === '' ? {} : { version: toVersion(buildId) }),
  })),
  ...(current === undefined ? {} : { current: toVersion(current) }),
});
