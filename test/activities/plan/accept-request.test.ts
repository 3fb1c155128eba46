import { describe, expect, it, jest } from '@jest/globals';
import { acceptRequest } from '../../../src/activities/plan/accept-request.ts';
import { checkRequest } from '../../../src/activities/plan/check-request.ts';
import type { AcceptedTask } from '../../../src/domain/run/context.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { TemporalAccessDenied } from '../../../src/ports/workflow-directory.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { clusterAddress } from '../../builders/cluster-address.ts';
import { goodRequest } from '../../builders/refused-request.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { CLUSTER_IDENTITY, FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

const accept = async (
  input: unknown,
  cluster = new FakeCluster(),
  directory = new FakeWorkflowDirectory(),
): Promise<AcceptedTask> => {
  const now = (): number => Date.parse('2026-01-02T03:04:05.000Z');
  const dependencies = activityDependencies(cluster, { directory, now });
  const starter = { workflowId: 'task', firstExecutionRunId: 'run-1' };
  return await acceptRequest(dependencies)(await checkRequest(input, false), starter);
};

describe('acceptRequest', () => {
  it('records what the task depends on: request, identity, address, holder, waits', async () => {
    const task = await accept({ ...goodRequest, taskId: '42', requestedBy: 'kim', reason: 'old' });
    expect(task.request).toMatchObject({ nodeNames: ['node-1'], taskId: '42' });
    expect(task.fingerprint).not.toBe('');
    expect(task.waits).toMatchObject({ settleSeconds: 5 });
    expect(task.clusterAddress).toEqual(clusterAddress());
    expect(task.context).toEqual({
      taskId: '42',
      cluster: 'default',
      clusterIdentity: CLUSTER_IDENTITY,
      requestedBy: 'kim',
      reason: 'old',
      holder: {
        temporalNamespaceId: 'namespace-1',
        temporalNamespace: 'default',
        workflowId: 'task',
        firstExecutionRunId: 'run-1',
        taskId: '42',
        since: '2026-01-02T03:04:05.000Z',
      },
    });
  });

  it('records which search attributes are registered: asked later, replay could diverge', async () => {
    const directory = new FakeWorkflowDirectory();
    expect(await accept(goodRequest, new FakeCluster(), directory)).not.toHaveProperty('searchAttributes');
    directory.searchAttributes = ['DecommissionPhase'];
    expect(await accept(goodRequest, new FakeCluster(), directory)).toMatchObject({
      searchAttributes: ['DecommissionPhase'],
    });
  });

  it('records that reports are stored outside of Temporal, where the worker does so', async () => {
    const dependencies = activityDependencies(new FakeCluster(), { reports: { store: () => Promise.resolve() } });
    const starter = { workflowId: 'task', firstExecutionRunId: 'run-1' };
    const task = await acceptRequest(dependencies)(await checkRequest(goodRequest, false), starter);
    expect(task).toMatchObject({ storesReports: true });
    expect(await accept(goodRequest)).not.toHaveProperty('storesReports');
  });

  it('ends machines only in a cluster that the hook serves', async () => {
    const acceptWith = async (served: string): Promise<unknown> => {
      const machineHook = { serves: (cluster: string) => cluster === served, call: () => Promise.resolve('') };
      const dependencies = activityDependencies(new FakeCluster(), { machineHook });
      const starter = { workflowId: 'task', firstExecutionRunId: 'run-1' };
      return await acceptRequest(dependencies)(await checkRequest(goodRequest, false), starter);
    };
    expect(await acceptWith('default')).toMatchObject({ endsMachines: true });
    expect(await acceptWith('west')).not.toHaveProperty('endsMachines');
    expect(await accept(goodRequest)).not.toHaveProperty('endsMachines');
  });

  it.each<[string, object, readonly string[], true | undefined]>([
    ['without a limit', {}, [], undefined],
    ['with a limit of another cluster', {}, ['west'], undefined],
    ['with a limit of the cluster', {}, ['default'], true],
    ['with a limit of each zone', { maxConcurrentPerZone: 2 }, [], true],
    ['with one zone at a time', { oneZoneAtATime: true }, [], true],
  ])('a task %s takes turns only if a limit counts nodes of other tasks', async (_name, limits, limited, expected) => {
    const maxConcurrentNodes = new Map(limited.map((cluster) => [cluster, 2]));
    const dependencies = activityDependencies(new FakeCluster(), { maxConcurrentNodes });
    const starter = { workflowId: 'task', firstExecutionRunId: 'run-1' };
    const checked = await checkRequest({ ...goodRequest, ...limits }, false);
    expect((await acceptRequest(dependencies)(checked, starter)).context.holder.takesTurns).toBe(expected);
  });

  it('is plain JSON', async () => {
    const task = await accept(goodRequest);
    expect(JSON.parse(JSON.stringify(task))).toEqual(task);
  });

  it('tries rejected credentials again for some seconds only: nothing has changed yet, and the user waits for the result', async () => {
    const acceptIn = (attempt: number): Promise<AcceptedTask> => {
      const cluster = new FakeCluster();
      cluster.fail('readIdentity', new ClusterFailure('Unauthorized', 'renew the credentials', 401));
      return runActivity(() => accept(goodRequest, cluster), [], { attempt });
    };

    for (const attempt of [1, 2, 3]) {
      await expect(acceptIn(attempt)).rejects.toMatchObject({ reason: 'Unauthorized', retryable: true });
    }
    await expect(acceptIn(4)).rejects.toMatchObject({
      type: 'Forbidden',
      retryable: false,
      message: 'renew the credentials',
    });
  });

  it('refuses at once when the credentials for Temporal may not read the namespace, and names it', async () => {
    const directory = new FakeWorkflowDirectory();
    directory.placeFailure = new TemporalAccessDenied('may not describe namespace "ops"');
    await expect(accept(goodRequest, new FakeCluster(), directory)).rejects.toMatchObject({
      type: 'Refused',
      retryable: false,
      message: 'may not describe namespace "ops" Nothing was changed.',
    });
  });

  it('leaves any other failure of Temporal to a retry', async () => {
    const directory = new FakeWorkflowDirectory();
    directory.placeFailure = new Error('14 UNAVAILABLE');
    await expect(accept(goodRequest, new FakeCluster(), directory)).rejects.toThrow('14 UNAVAILABLE');
  });

  it('refuses a cluster that this worker does not have, before any request to a cluster', async () => {
    const cluster = new FakeCluster();
    const readIdentity = jest.spyOn(cluster, 'readIdentity');
    await expect(accept({ ...goodRequest, cluster: 'elsewhere' }, cluster)).rejects.toMatchObject({
      type: 'InvalidInput',
      retryable: false,
      message: expect.stringContaining('no cluster named "elsewhere"'),
    });
    expect(readIdentity).not.toHaveBeenCalled();
  });
});
