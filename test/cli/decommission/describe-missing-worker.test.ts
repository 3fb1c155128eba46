import { describe, expect, it } from '@jest/globals';
import { describeMissingWorker } from '../../../src/cli/decommission/describe-missing-worker.ts';
import type { QueueWorkers } from '../../../src/domain/run/worker-routing.ts';
import { queueWorkers } from '../../builders/queue-workers.ts';

const NONE = queueWorkers([]);
const UNVERSIONED = queueWorkers();

const describeMissing = async (queue: QueueWorkers, ofCluster: QueueWorkers) =>
  await describeMissingWorker(
    {
      client: { options: { namespace: 'ops' } },
      readWorkers: (asked?: string) => Promise.resolve(asked === undefined ? queue : ofCluster),
    } as never,
    'prod',
    'node-decommission',
  );

describe('describeMissingWorker', () => {
  it.each<readonly [when: string, queue: QueueWorkers, ofCluster: QueueWorkers]>([
    ['unversioned workers serve it', UNVERSIONED, UNVERSIONED],
    ['workers of the current version serve it', queueWorkers(['1', '2'], '2'), queueWorkers(['2'], '2')],
  ])('has nothing to note when %s', async (_when, queue, ofCluster) => {
    expect(await describeMissing(queue, ofCluster)).toBeUndefined();
  });

  it.each<readonly [when: string, queue: QueueWorkers, ofCluster: QueueWorkers, note: string]>([
    [
      'no worker polls',
      NONE,
      NONE,
      'No worker polls the task queue yet: it begins when one is started (`node-decommission worker`).',
    ],
    [
      'no version is current',
      queueWorkers(['1']),
      queueWorkers(['1']),
      'No worker begins with it: its workers are of version drains:1, and no version is current. Make one current: `temporal worker deployment ' +
        'set-current-version --namespace ops --deployment-name drains --build-id 1`.',
    ],
    [
      'no worker has the cluster',
      UNVERSIONED,
      NONE,
      'No worker serves cluster "prod" yet: it is refused unless one is started within half a minute (`node-decommission worker`).',
    ],
    [
      'only an older version has the cluster',
      queueWorkers(['1', '2'], '2'),
      queueWorkers(['1'], '2'),
      'No worker serves cluster "prod", so it is refused within a minute: version drains:2 is current, but no worker of it polls, only of ' +
        'drains:1. Start workers of that version, or make another one current: `temporal worker deployment set-current-version --namespace ops ' +
        '--deployment-name drains --build-id 1`.',
    ],
  ])('names the reason and the remedy when %s', async (_when, queue, ofCluster, note) => {
    expect(await describeMissing(queue, ofCluster)).toBe(note);
  });
});
