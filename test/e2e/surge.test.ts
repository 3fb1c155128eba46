import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SURGE_LABEL } from '../../src/domain/cluster/annotations.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import type { PodShape } from '../../stack/cluster-fixtures/pod-template.ts';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import { boundRows, itInLongRun } from '../long-run.ts';
import { awaitStatusText } from './harness/await-status.ts';
import { bindRole } from './harness/bind-role.ts';
import { blockRequests, podChange } from './harness/blocked-requests.ts';
import { awaitClosing } from './harness/closing.ts';
import { toAcceptedEvictions } from './harness/evictions.ts';
import { startHarness, type Harness, type Run } from './harness/harness.ts';
import { createNodePool, inPool, type NodePool } from './harness/node-pool.ts';
import { startObjectWatch, toLowestHealthyCount } from './harness/object-watch.ts';
import { toOwnWrites } from './harness/own-writes.ts';
import { readPodsOnNode, toUids } from './harness/pods-on-node.ts';
import { awaitSnapshot, readSnapshot, type Snapshot } from './harness/snapshot.ts';

const APP = 'single';

/** One place where a surge is cancelled. */
interface CancelledSurge {
  readonly place: string;
  readonly name: string;
  /** Holds the surge there. */
  readonly block: (pool: NodePool) => Promise<void>;
  /** Waits until the run is at that place. */
  readonly reach: (pool: NodePool, run: Run) => Promise<void>;
}

/** All scenes run at the same time; then each is checked. */
describe('a single replica under `singleReplica: surge`', () => {
  let harness: Harness;
  const playing = new Map<string, Promise<void>>();
  let worker: ManagedProcess;

  beforeAll(async () => {
    harness = await startHarness();
    await bindRole(harness.stack, 'node-decommission-surge');
    worker = await harness.startWorker();
    for (const [name, play] of SCENES) {
      const played = play();
      played.catch(() => undefined);
      playing.set(name, played);
    }
  });

  afterAll(async () => {
    await harness.stop();
  });

  const createPool = async (
    name: string,
    shape: PodShape = {},
    spec: Readonly<Record<string, unknown>> = {},
  ): Promise<NodePool> =>
    await createNodePool(harness.stack, name, async (namespace) => {
      const service = { selector: { app: APP }, ports: [{ port: 80 }] };
      await harness.stack.apply([
        { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name: APP }, spec: service },
        deployment({ namespace, name: APP, replicas: 1, pod: inPool(name, shape), spec }),
      ]);
      await harness.stack.awaitPodsReady(namespace, `app=${APP}`, 1);
    });

  const start = async ({ nodeName }: NodePool, request: object = {}): Promise<Run> =>
    await harness.start({ nodeNames: [nodeName], hostCleanup: 'skip', singleReplica: 'surge', ...request });

  const readDeployment = async ({ namespace }: NodePool) =>
    await harness.stack.api.read(`/apis/apps/v1/namespaces/${namespace}/deployments/${APP}`);

  const awaitReplicas = async (pool: NodePool, replicas: number): Promise<void> => {
    await awaitCondition(
      `the Deployment has ${replicas} replicas`,
      async () => (await readDeployment(pool)).spec?.['replicas'] === replicas,
    );
  };

  const toDeploymentWrites = ({ namespace }: NodePool, mark: number): readonly string[] =>
    toOwnWrites(harness.stack.auditEvents(mark)).filter((write) => write.includes(`deployments ${namespace}/`));

  const ofPool = (snapshot: Snapshot, { namespace }: NodePool): Snapshot =>
    Object.fromEntries(
      Object.entries(snapshot).filter(([key]) => key.includes(` ${namespace}/`) || key === `Node /${namespace}`),
    );

  const moveWithinBudget = async (): Promise<void> => {
    const { stack } = harness;
    const pool = await createPool(
      'surge-moved',
      { behavior: { readyAfterMilliseconds: 1500 } },
      { minReadySeconds: 1 },
    );
    const { namespace, nodeName } = pool;
    await stack.apply([disruptionBudget({ namespace, name: APP, minAvailable: 1 })]);
    const before = ofPool(await readSnapshot(stack), pool);
    const watch = await startObjectWatch(stack, `${namespace}-pods`, `/api/v1/namespaces/${namespace}/pods`);
    const mark = stack.markAudit();

    const closing = await awaitClosing(await start(pool));

    expect(closing.report).toMatchObject({ outcome: 'Decommissioned', undo: [] });
    expect(closing.report.nodes[0]?.notes.join()).toContain(`Deployment ${namespace}/${APP}: pod ${namespace}/${APP}-`);
    expect(closing.report.nodes[0]?.notes.join()).toContain(`on node ${pool.spareName} was available before`);
    expect(toLowestHealthyCount(watch, APP)).toBe(1);
    const after = ofPool(await readSnapshot(stack), pool);
    expect(after).toEqual(Object.fromEntries(Object.entries(before).filter(([key]) => key !== `Node /${nodeName}`)));
    // The first and the second pod: no third one was created.
    const created = stack
      .auditEvents(mark)
      .filter(
        ({ verb, objectRef }) =>
          verb === 'create' && objectRef?.resource === 'pods' && objectRef.namespace === namespace,
      )
      .filter(({ objectRef }) => objectRef?.subresource === undefined);
    expect(created).toHaveLength(1);
    const evictions = toAcceptedEvictions(stack.auditEvents(mark)).filter(({ pod }) => pod.startsWith(`${namespace}/`));
    // The dry run; when the worker sees the pod terminate only later, an eviction without effect.
    expect(evictions.length).toBeGreaterThanOrEqual(1);
    expect(toDeploymentWrites(pool, mark)).toHaveLength(3);
  };

  const reachText =
    (text: string): CancelledSurge['reach'] =>
    (_pool, run) =>
      awaitStatusText(harness, run, text);

  const CANCELLED: readonly CancelledSurge[] = [
    {
      place: 'the old pod cannot be marked as the one to keep',
      name: 'surge-unmarked',
      block: async ({ namespace, nodeName }) => {
        const [old] = await readPodsOnNode(harness.stack, nodeName);
        await blockRequests(harness.stack, podChange(namespace, old?.metadata.name ?? ''));
      },
      reach: (pool) => awaitReplicas(pool, 2),
    },
    {
      place: 'the second replica is Pending',
      name: 'surge-pending',
      block: async (pool) => {
        await harness.stack.api.patch(`/api/v1/nodes/${pool.spareName}`, { spec: { unschedulable: true } });
      },
      reach: reachText(
        'waits for the second replica of Deployment surge-pending/single to become Ready: pod surge-pending/single-',
      ),
    },
    {
      place: 'the second replica is Ready, but not available',
      name: 'surge-unavailable',
      block: async ({ namespace }) => {
        const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${APP}`;
        await harness.stack.api.patch(path, { spec: { minReadySeconds: 3600, progressDeadlineSeconds: 7200 } });
      },
      reach: reachText('is Ready, but not available yet'),
    },
    {
      place: 'a Service does not send requests to the second replica yet',
      name: 'surge-unrouted',
      block: async ({ namespace }) => {
        const { stack } = harness;
        await stack.kubectl(['label', 'pod', `--namespace=${namespace}`, `--selector=app=${APP}`, 'old=true']);
        const spec = { selector: { old: 'true' }, ports: [{ port: 80 }] };
        await stack.apply([{ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name: 'old' }, spec }]);
        await stack.kubectl([
          ...['wait', 'endpointslices', `--namespace=${namespace}`, '--timeout=60s'],
          ...['--selector=kubernetes.io/service-name=old', '--for=jsonpath={.endpoints[0].conditions.ready}=true'],
        ]);
      },
      reach: reachText('is not in the EndpointSlice of Service old'),
    },
    {
      place: 'the second replica is available and a budget blocks the removal',
      name: 'surge-blocked',
      block: async ({ namespace }) => {
        await harness.stack.apply([disruptionBudget({ namespace, name: APP, maxUnavailable: 0 })]);
      },
      reach: reachText('the Eviction API does not allow the removal of pod surge-blocked/single-'),
    },
  ];

  const cancelSurge = async ({ name, block, reach }: CancelledSurge): Promise<void> => {
    const { stack } = harness;
    const pool = await createPool(name);
    await block(pool);
    const uids = toUids(await readPodsOnNode(stack, pool.nodeName));
    const before = ofPool(await readSnapshot(stack), pool);
    const run = await start(pool, { preflight: 'skip' });
    await reach(pool, run);
    expect((await readDeployment(pool)).metadata.labels).toHaveProperty([SURGE_LABEL]);
    await run.cancel();

    const closing = await awaitClosing(run);

    expect(closing.report.outcome).toBe('Cancelled');
    const action = `scale Deployment ${name}/${APP} back to one replica`;
    expect(closing.report.undo).toContainEqual({ action, status: 'Undone', message: '' });
    await awaitCondition('only the old pod is left', async () => {
      const pods = await stack.api.list(`/api/v1/namespaces/${name}/pods`);
      return pods.length === 1 && pods[0]?.metadata.uid === uids[0];
    });
    expect(ofPool(await awaitSnapshot(stack, { ...(await readSnapshot(stack)), ...before }), pool)).toEqual(before);
  };

  /** Past the handover: the Deployment has its one replica again, on another node. */
  const cancelAfterRemoval = async (): Promise<void> => {
    const { stack } = harness;
    const pool = await createPool('surge-removed', { behavior: { termination: 'never' } });
    const [oldUid = ''] = toUids(await readPodsOnNode(stack, pool.nodeName));
    const before = ofPool(await readSnapshot(stack), pool);
    const mark = stack.markAudit();
    const run = await start(pool, { preflight: 'skip' });
    // It has two replicas for a moment only, which a read may miss: its label, its second replica, and both removed.
    await awaitCondition('all writes to the Deployment are done', () => toDeploymentWrites(pool, mark).length === 3);
    expect((await readDeployment(pool)).metadata.labels).not.toHaveProperty([SURGE_LABEL]);
    await run.cancel();

    const closing = await awaitClosing(run);

    expect(closing.report.outcome).toBe('Cancelled');
    const pods = await stack.api.list(`/api/v1/namespaces/${pool.namespace}/pods`);
    const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(living.map(({ spec }) => spec?.['nodeName'])).toEqual([pool.spareName]);
    expect(toUids(pods)).toContain(oldUid);
    expect(ofPool(await awaitSnapshot(stack, { ...(await readSnapshot(stack)), ...before }), pool)).toEqual(before);
  };

  const scaleMeanwhile = async (): Promise<void> => {
    const { stack } = harness;
    const pool = await createPool('surge-foreign');
    await stack.api.patch(`/api/v1/nodes/${pool.spareName}`, { spec: { unschedulable: true } });
    const run = await start(pool, { preflight: 'skip' });
    await awaitReplicas(pool, 2);
    const path = `/apis/apps/v1/namespaces/${pool.namespace}/deployments/${APP}`;
    await stack.api.patch(path, { spec: { replicas: 3 } });

    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'SurgeInterrupted' } } });
    expect(closing.report.undo).toContainEqual(
      expect.objectContaining({
        status: 'Kept',
        message: expect.stringContaining(`kubectl scale deployment -n surge-foreign ${APP} --replicas=1`) as unknown,
      }),
    );
    const { metadata, spec } = await readDeployment(pool);
    expect(spec?.['replicas']).toBe(3);
    expect(metadata.labels).not.toHaveProperty([SURGE_LABEL]);
  };

  const refuse = async (): Promise<void> => {
    const { stack } = harness;
    const pool = await createPool('surge-refused', {}, { strategy: { type: 'Recreate' } });
    const { namespace } = pool;
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: APP };
    await stack.apply([
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { namespace, name: 'scaler' },
        spec: { scaleTargetRef, maxReplicas: 3 },
      },
    ]);
    const mark = stack.markAudit();

    const closing = await awaitClosing(await start(pool));

    expect(closing).toMatchObject({ type: 'Refused', report: { outcome: 'Refused' } });
    expect(closing.message).toContain('its strategy is Recreate');
    expect(closing.message).toContain('HorizontalPodAutoscaler scaler sets its replica count');
    expect(closing.message).toContain('to proceed anyway, set singleReplica: evict');
    expect(toOwnWrites(stack.auditEvents(mark)).filter((write) => write.includes(namespace))).toEqual([]);
  };

  const SCENES: readonly (readonly [string, () => Promise<void>])[] = [
    ['is replaced before it is removed, within the budget of its owner', moveWithinBudget],
    ...boundRows(CANCELLED, 4).map((scene): readonly [string, () => Promise<void>] => [
      `is as before when the run is cancelled while ${scene.place}`,
      () => cancelSurge(scene),
    ]),
    ['stays replaced when the run is cancelled after its removal has begun', cancelAfterRemoval],
    ['keeps the replica count of another client, and names it', scaleMeanwhile],
    ['is refused before any change where it cannot work', refuse],
  ];

  it.each(SCENES)('%s', async (name) => {
    await playing.get(name);
  });

  const replaceWorker = async (): Promise<void> => {
    await worker.stop('SIGKILL');
    worker = await harness.startWorker();
  };

  // After the others, whose worker it kills. A dead worker is noticed by its missing heartbeats, half a minute later each time.
  itInLongRun('is replaced once although the worker is killed after each step', async () => {
    await Promise.allSettled(playing.values());
    const { stack } = harness;
    const pool = await createPool('surge-killed');
    const { namespace, nodeName, spareName } = pool;
    const setUnschedulable = async (unschedulable: boolean): Promise<void> => {
      await stack.api.patch(`/api/v1/nodes/${spareName}`, { spec: { unschedulable } });
    };
    await setUnschedulable(true);
    await stack.apply([disruptionBudget({ namespace, name: APP, maxUnavailable: 0 })]);
    const [uid = ''] = toUids(await readPodsOnNode(stack, nodeName));
    const mark = stack.markAudit();

    const run = await start(pool, { preflight: 'skip' });
    await awaitStatusText(harness, run, 'waits for the second replica');
    await replaceWorker();
    await setUnschedulable(false);
    await awaitStatusText(harness, run, 'the Eviction API does not allow the removal');
    await replaceWorker();
    await stack.api.delete(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${APP}`);
    await awaitReplicas(pool, 1);
    await replaceWorker();

    expect((await awaitClosing(run)).report).toMatchObject({ outcome: 'Decommissioned', undo: [] });
    const pods = await stack.api.list(`/api/v1/namespaces/${namespace}/pods`);
    expect(pods.map(({ spec }) => spec?.['nodeName'])).toEqual([spareName]);
    expect(toUids(pods)).not.toContain(uid);
    expect((await readDeployment(pool)).metadata.labels).not.toHaveProperty([SURGE_LABEL]);
    const ofNamespace = stack.auditEvents(mark).filter(({ objectRef }) => objectRef?.namespace === namespace);
    const created = ofNamespace.filter(({ verb, objectRef }) => verb === 'create' && objectRef?.resource === 'pods');
    expect(created.filter(({ objectRef }) => objectRef?.subresource === undefined)).toHaveLength(1);
  });
});
