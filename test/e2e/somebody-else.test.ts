import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EARLIER_STATE_ANNOTATION, LOCK_ANNOTATION, OWNER_TASK_ANNOTATION } from '../../src/domain/names.ts';
import type { DecommissionReport, UndoReport } from '../../src/domain/report.ts';
import { node } from '../../stack/cluster-fixtures/node.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { awaitClosing } from './harness/closing.ts';
import { toAcceptedEvictions } from './harness/evictions.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import {
  createHeldPool,
  releaseHeldPods,
  startHeldDrain,
  toBudgetPath,
  toNodePath,
  toTaskMarks,
} from './harness/held-pool.ts';
import { readPodsOnNode, toUids } from './harness/pods-on-node.ts';

describe("somebody else's change while a drain waits for a budget", () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  }, 120_000);

  afterAll(async () => {
    await harness.stop();
  }, 60_000);

  it('stops at once when the node is uncordoned, and leaves it in service', async () => {
    const { stack } = harness;
    const pool = await createHeldPool(stack, 'uncordoned');
    const run = await startHeldDrain(harness, pool);
    const mark = stack.markAudit();

    await stack.kubectl(['uncordon', pool.nodeName]);
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'CordonLost' } } });
    const kept = await readNode(pool.nodeName);
    expect(kept.spec?.['unschedulable']).toBeUndefined();
    expect(toTaskMarks(kept)).toEqual([]);
    expect(undoOf(closing.report, `uncordon node ${pool.nodeName}`)).toMatchObject({
      status: 'Kept',
      message: expect.stringContaining('somebody uncordoned the node after us') as unknown,
    });
    expect(toAcceptedEvictions(stack.auditEvents(mark))).toEqual([]);
  }, 60_000);

  it('keeps annotations of the node that somebody changed, and puts back the rest', async () => {
    const { stack } = harness;
    const pool = await createHeldPool(stack, 'annotated');
    const run = await startHeldDrain(harness, pool);

    await stack.kubectl(['annotate', 'node', pool.nodeName, 'cluster-autoscaler.kubernetes.io/scale-down-disabled-']);
    await stack.kubectl(['annotate', 'node', pool.nodeName, 'owner=somebody']);
    await run.cancel();
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ status: 'Canceled', report: { outcome: 'Cancelled' } });
    const kept = await readNode(pool.nodeName);
    expect(kept.metadata.annotations).toMatchObject({ owner: 'somebody' });
    expect(kept.spec?.['unschedulable']).toBeUndefined();
    expect(undoOf(closing.report, `uncordon node ${pool.nodeName}`)).toMatchObject({
      status: 'Kept',
      message: expect.stringContaining('scale-down-disabled') as unknown,
    });
  }, 60_000);

  it.each([
    ['after a success', 'edited', false],
    ['after a cancellation', 'edited-cancelled', true],
  ])(
    'keeps a budget of ours that somebody edited, without our annotation, %s',
    async (_when, name, isCancelled) => {
      const { stack } = harness;
      const pool = await createHeldPool(stack, name);
      const run = await startHeldDrain(harness, pool);

      await stack.api.patch(toBudgetPath(pool.namespace, 'free-pdb'), { spec: { maxUnavailable: 3 } });
      await endDrain(run, pool, isCancelled);
      const { report } = await awaitClosing(run);

      expect(report.outcome).toBe(isCancelled ? 'Cancelled' : 'Decommissioned');
      const kept = await stack.api.read(toBudgetPath(pool.namespace, 'free-pdb'));
      expect(kept.spec?.['maxUnavailable']).toBe(3);
      expect(Object.keys(kept.metadata.annotations ?? {}).filter((key) => key.startsWith('NodeDrainTask'))).toEqual([]);
      expect(undoOf(report, `remove our annotation from budget ${pool.namespace}/free-pdb`)).toMatchObject({
        status: 'Kept',
        message: expect.stringContaining('somebody edited it') as unknown,
      });
    },
    60_000,
  );

  it.each([
    ['after a success', 'unmarked', false],
    ['after a cancellation', 'unmarked-cancelled', true],
  ])(
    'keeps a budget of ours whose annotation somebody removed, %s',
    async (_when, name, isCancelled) => {
      const { stack } = harness;
      const pool = await createHeldPool(stack, name);
      const run = await startHeldDrain(harness, pool);

      const path = toBudgetPath(pool.namespace, 'free-pdb');
      await stack.api.patch(path, { metadata: { annotations: { [`NodeDrainTask${name}-task`]: null } } });
      const edited = await stack.api.read(path);
      await endDrain(run, pool, isCancelled);
      const { report } = await awaitClosing(run);

      expect(report.outcome).toBe(isCancelled ? 'Cancelled' : 'Decommissioned');
      expect(toComparable(await stack.api.read(path))).toEqual(toComparable(edited));
      expect(report.undo.filter(({ status }) => status === 'Kept')).toMatchObject([
        { message: 'somebody removed our annotation, so the budget is theirs now' },
      ]);
    },
    60_000,
  );

  it('does not touch a node that was made anew under the same name', async () => {
    const { stack } = harness;
    const pool = await createHeldPool(stack, 'made-anew');
    const run = await startHeldDrain(harness, pool);
    const heldUids = toUids(await readPodsOnNode(stack, pool.nodeName));
    const mark = stack.markAudit();

    await stack.api.delete(toNodePath(pool.nodeName));
    const anew = await stack.api.create(
      '/api/v1/nodes',
      node({ name: pool.nodeName, labels: { pool: pool.nodeName } }),
    );
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'NodeChanged' } } });
    const now = await readNode(pool.nodeName);
    expect(now.metadata.uid).toBe(anew.metadata.uid);
    expect(now.spec?.['unschedulable']).toBeUndefined();
    expect(toTaskMarks(now)).toEqual([]);
    expect(toAcceptedEvictions(stack.auditEvents(mark))).toEqual([]);
    expect(toUids(await readPodsOnNode(stack, pool.nodeName))).toEqual(expect.arrayContaining([...heldUids]));
    expect(undoOf(closing.report, `uncordon node ${pool.nodeName}`)).toMatchObject({ status: 'NothingToDo' });
    expect(await stack.api.find(toBudgetPath(pool.namespace, 'free-pdb'))).toBeUndefined();
  }, 60_000);

  it('puts back what is its own when somebody removed its lock', async () => {
    const { stack } = harness;
    const pool = await createHeldPool(stack, 'unlocked');
    const run = await startHeldDrain(harness, pool);

    await stack.kubectl(['annotate', 'node', pool.nodeName, `${LOCK_ANNOTATION}-`]);
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'LockLost' } } });
    const now = await readNode(pool.nodeName);
    expect(now.spec?.['unschedulable']).toBeUndefined();
    expect(toTaskMarks(now)).toEqual([]);
    expect(undoOf(closing.report, `release the lock on node ${pool.nodeName}`)).toMatchObject({
      status: 'NothingToDo',
    });
  }, 60_000);

  it.each([
    ['its mark as the owner', OWNER_TASK_ANNOTATION, 'not marked as ours'],
    ['its record of the earlier state', EARLIER_STATE_ANNOTATION, 'removed or changed our record'],
  ])(
    'keeps the cordon when somebody removed %s',
    async (_what, annotation, message) => {
      const { stack } = harness;
      const pool = await createHeldPool(stack, annotation === OWNER_TASK_ANNOTATION ? 'no-owner' : 'no-record');
      const run = await startHeldDrain(harness, pool);

      await stack.kubectl(['annotate', 'node', pool.nodeName, `${annotation}-`]);
      await run.cancel();
      const { report } = await awaitClosing(run);

      expect(report.outcome).toBe('Cancelled');
      const now = await readNode(pool.nodeName);
      expect(now.spec?.['unschedulable']).toBe(true);
      expect(toTaskMarks(now)).toEqual([]);
      expect(undoOf(report, `uncordon node ${pool.nodeName}`)).toMatchObject({
        status: 'Kept',
        message: expect.stringContaining(message) as unknown,
      });
    },
    60_000,
  );

  const readNode = async (nodeName: string): Promise<KubernetesObject> =>
    await harness.stack.api.read(toNodePath(nodeName));

  const endDrain = async (
    run: Awaited<ReturnType<typeof startHeldDrain>>,
    pool: Awaited<ReturnType<typeof createHeldPool>>,
    isCancelled: boolean,
  ): Promise<void> => {
    if (isCancelled) await run.cancel();
    else await releaseHeldPods(harness.stack, pool);
  };

  const undoOf = (report: DecommissionReport, action: string): UndoReport | undefined =>
    [...report.nodes.flatMap(({ undo }) => undo), ...report.undo].find((entry) => entry.action === action);

  const toComparable = ({ metadata: { uid, labels, annotations }, spec }: KubernetesObject) => ({
    ...{ uid, labels, annotations, spec },
  });
});
