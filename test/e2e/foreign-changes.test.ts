import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EARLIER_STATE_ANNOTATION,
  LOCK_ANNOTATION,
  OWNER_TASK_ANNOTATION,
  SCALE_DOWN_DISABLED_ANNOTATION,
} from '../../src/domain/cluster/annotations.ts';
import { toNodeWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import { toLockText } from '../../src/domain/node/lock.ts';
import type { DecommissionReport, UndoReport } from '../../src/domain/run/report.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { node } from '../../stack/cluster-fixtures/node.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import { awaitClosing } from './harness/closing.ts';
import { toAcceptedEvictions } from './harness/evictions.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import {
  createBlockedPool,
  unblockPods,
  startBlockedDrain,
  startBlockedDrains,
  toBudgetPath,
  toNodePath,
  toTaskMarks,
  type BlockedDrain,
} from './harness/blocked-pool.ts';
import { createNodePool } from './harness/node-pool.ts';
import { boundRows, isLongRun } from '../long-run.ts';
import { awaitEvictions } from './harness/progress.ts';
import { toOwnWrites } from './harness/own-writes.ts';
import { readPodsOnNode, toUids } from './harness/pods-on-node.ts';

/** Users may choose any workflow id: here, for node `busy`, the one that the task of another node will need for its child. */
const ID_OF_ANOTHER_NODE = toNodeWorkflowId('default', 'id-taken');

const ENDINGS = boundRows(['success', 'cancellation'], 2);

const REMOVED_MARKS = boundRows(
  [
    ['the annotation of the owner', 'no-owner', OWNER_TASK_ANNOTATION, "does not have this task's owner annotation"],
    ['the record of the earlier state', 'no-record', EARLIER_STATE_ANNOTATION, "removed or changed this task's record"],
  ] as const,
  2,
);

describe('a change by another client while a drain waits for a budget', () => {
  let harness: Harness;

  let drains: Record<string, BlockedDrain>;

  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
    drains = await startBlockedDrains(harness, [
      ...['uncordoned', 'annotated', 'edited', 'unmarked', 'recreated', 'unlocked', 'no-owner', 'claimed'],
      ...(isLongRun ? ['edited-cancelled', 'unmarked-cancelled', 'no-record'] : []),
    ]);
    const busy = await createBlockedPool(harness.stack, 'busy');
    const options = { workflowType: 'decommissionNode', workflowId: ID_OF_ANOTHER_NODE };
    drains['busy'] = { pool: busy, run: await startBlockedDrain(harness, busy, options) };
  });

  afterAll(async () => {
    await harness.stop();
  });

  it('stops at once when the node is uncordoned, and leaves it in service', async () => {
    const { stack } = harness;
    const { pool, run } = drains['uncordoned']!;
    const mark = stack.markAudit();

    await stack.kubectl(['uncordon', pool.nodeName]);
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'CordonLost' } } });
    const kept = await readNode(pool.nodeName);
    expect(kept.spec?.['unschedulable']).toBeUndefined();
    expect(toTaskMarks(kept)).toEqual([]);
    expect(undoOf(closing.report, `uncordon node ${pool.nodeName}`)).toMatchObject({
      status: 'Kept',
      message: expect.stringContaining('the node was uncordoned by another client') as unknown,
    });
    expect(toAcceptedEvictions(stack.auditEvents(mark))).toEqual([]);
  });

  it('stops when Cluster Autoscaler begins to remove the node, and undoes its own changes only', async () => {
    const { stack } = harness;
    const { pool, run } = drains['claimed']!;
    const taint = { key: 'ToBeDeletedByClusterAutoscaler', value: '1', effect: 'NoSchedule' };
    const mark = stack.markAudit();

    const taints = ((await readNode(pool.nodeName)).spec?.['taints'] ?? []) as readonly object[];
    await stack.api.patch(toNodePath(pool.nodeName), { spec: { taints: [...taints, taint] } });
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'NodeClaimed' } } });
    const kept = await readNode(pool.nodeName);
    expect(kept.spec?.['taints']).toEqual(expect.arrayContaining([expect.objectContaining(taint)]));
    expect(toTaskMarks(kept)).toEqual([]);
    expect(toAcceptedEvictions(stack.auditEvents(mark))).toEqual([]);
  });

  it('keeps annotations of the node that another client changed, and undoes the rest', async () => {
    const { stack } = harness;
    const { pool, run } = drains['annotated']!;

    const others = { owner: 'another-client', [SCALE_DOWN_DISABLED_ANNOTATION]: 'false' };
    await stack.api.patch(toNodePath(pool.nodeName), { metadata: { annotations: others } });
    await run.cancel();
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ status: 'Canceled', report: { outcome: 'Cancelled' } });
    const kept = await readNode(pool.nodeName);
    expect(kept.metadata.annotations).toMatchObject(others);
    expect(toTaskMarks(kept)).toEqual([]);
    expect(kept.spec?.['unschedulable']).toBeUndefined();
    expect(undoOf(closing.report, `uncordon node ${pool.nodeName}`)).toMatchObject({
      status: 'Kept',
      message: expect.stringContaining(
        `annotation ${SCALE_DOWN_DISABLED_ANNOTATION} was changed by another client`,
      ) as unknown,
    });
  });

  it.each(ENDINGS)('keeps a budget of ours that another client edited, unmarked, after a %s', async (ending) => {
    const { stack } = harness;
    const isCancelled = ending === 'cancellation';
    const name = isCancelled ? 'edited-cancelled' : 'edited';
    const { pool, run } = drains[name]!;

    await stack.api.patch(toBudgetPath(pool.namespace, 'free-pdb'), { spec: { maxUnavailable: 3 } });
    await endDrain(drains[name]!, isCancelled);
    const { report } = await awaitClosing(run);

    expect(report.outcome).toBe(isCancelled ? 'Cancelled' : 'Decommissioned');
    const kept = await stack.api.read(toBudgetPath(pool.namespace, 'free-pdb'));
    expect(kept.spec?.['maxUnavailable']).toBe(3);
    expect(Object.keys(kept.metadata.annotations ?? {}).filter((key) => key.startsWith('NodeDrainTask'))).toEqual([]);
    expect(undoOf(report, `remove this task's annotation from budget ${pool.namespace}/free-pdb`)).toMatchObject({
      status: 'Kept',
      message: expect.stringContaining('another client edited it') as unknown,
    });
  });

  it.each(ENDINGS)('keeps a budget of ours whose annotation another client removed, after a %s', async (ending) => {
    const { stack } = harness;
    const isCancelled = ending === 'cancellation';
    const name = isCancelled ? 'unmarked-cancelled' : 'unmarked';
    const { pool, run } = drains[name]!;

    const path = toBudgetPath(pool.namespace, 'free-pdb');
    await stack.api.patch(path, { metadata: { annotations: { [`NodeDrainTask${name}-task`]: null } } });
    const edited = await stack.api.read(path);
    await endDrain(drains[name]!, isCancelled);
    const { report } = await awaitClosing(run);

    expect(report.outcome).toBe(isCancelled ? 'Cancelled' : 'Decommissioned');
    expect(toComparable(await stack.api.read(path))).toEqual(toComparable(edited));
    expect(report.undo.filter(({ status }) => status === 'Kept')).toMatchObject([
      {
        action: expect.stringContaining('free-pdb') as unknown,
        message: expect.stringContaining("this task's annotation") as unknown,
      },
    ]);
  });

  it("removes our budget when the owner creates one of their own, and evicts within the owner's", async () => {
    const { stack } = harness;
    const { nodeName, namespace } = await createNodePool(stack, 'yields', async (name) => {
      // Its replacements cannot be placed, so that our budget allows one eviction only.
      const pod = { nodeSelector: { 'kubernetes.io/hostname': name } };
      await stack.apply([deployment({ namespace: name, name: 'tied', replicas: 4, pod })]);
      await stack.awaitPodsReady(name, 'app=tied', 4);
    });
    const run = await harness.start({ nodeNames: [nodeName], preflight: 'skip', hostCleanup: 'skip' });
    await awaitEvictions(harness, nodeName, 'tied', 1);

    await stack.apply([disruptionBudget({ namespace, name: 'own', matchLabels: { app: 'tied' }, maxUnavailable: 4 })]);
    const { report } = await awaitClosing(run);

    expect(report.outcome).toBe('Decommissioned');
    expect(await stack.api.find(toBudgetPath(namespace, 'tied-pdb'))).toBeUndefined();
    expect((await stack.api.read(toBudgetPath(namespace, 'own'))).spec?.['maxUnavailable']).toBe(4);
    expect(report.nodes[0]?.notes.join()).toContain(
      `this task's budget ${namespace}/tied-pdb was removed during the drain: ${namespace}/own of another client`,
    );
  });

  it('leaves a node alone that was recreated with the same name', async () => {
    const { stack } = harness;
    const { pool, run } = drains['recreated']!;
    const blockedUids = toUids(await readPodsOnNode(stack, pool.nodeName));
    const mark = stack.markAudit();

    await stack.api.delete(toNodePath(pool.nodeName));
    const recreated = await stack.api.create(
      '/api/v1/nodes',
      node({ name: pool.nodeName, labels: { pool: pool.nodeName } }),
    );
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'NodeChanged' } } });
    const now = await readNode(pool.nodeName);
    expect(now.metadata.uid).toBe(recreated.metadata.uid);
    expect(now.spec?.['unschedulable']).toBeUndefined();
    expect(toTaskMarks(now)).toEqual([]);
    expect(toAcceptedEvictions(stack.auditEvents(mark))).toEqual([]);
    expect(toUids(await readPodsOnNode(stack, pool.nodeName))).toEqual(expect.arrayContaining([...blockedUids]));
    expect(undoOf(closing.report, `uncordon node ${pool.nodeName}`)).toMatchObject({ status: 'NothingToDo' });
    expect(await stack.api.find(toBudgetPath(pool.namespace, 'free-pdb'))).toBeUndefined();
  });

  it('undoes its own changes when another client removed its lock', async () => {
    const { stack } = harness;
    const { pool, run } = drains['unlocked']!;

    await stack.kubectl(['annotate', 'node', pool.nodeName, `${LOCK_ANNOTATION}-`]);
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'LockLost' } } });
    const now = await readNode(pool.nodeName);
    expect(now.spec?.['unschedulable']).toBeUndefined();
    expect(toTaskMarks(now)).toEqual([]);
    expect(undoOf(closing.report, `release the lock on node ${pool.nodeName}`)).toMatchObject({
      status: 'NothingToDo',
    });
  });

  it.each(REMOVED_MARKS)(
    'keeps the cordon when another client removed %s',
    async (_what, name, annotation, message) => {
      const { stack } = harness;
      const { pool, run } = drains[name]!;

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
  );

  it('refuses a second task for the node, and names the first', async () => {
    const { stack } = harness;
    const { run, pool } = drains['busy']!;
    const held = await readNode(pool.nodeName);
    const mark = stack.markAudit();

    const second = await harness.start({ nodeNames: [pool.nodeName], taskId: 'second', hostCleanup: 'skip' });
    const closing = await awaitClosing(second);

    expect(closing).toMatchObject({ type: 'Refused', report: { outcome: 'Refused' } });
    expect(closing.message).toContain(`is held by task busy-task (workflow ${run.workflowId}, run `);
    expect(toOwnWrites(stack.auditEvents(mark))).toEqual([]);
    expect(toComparable(await readNode(pool.nodeName))).toEqual(toComparable(held));
    expect((await run.describe()).status.name).toBe('RUNNING');
  });

  it("undoes its changes to the node when another workflow has the node's workflow id", async () => {
    const { stack } = harness;
    await stack.createNodes([{ name: 'id-taken' }]);
    const before = toComparable(await readNode('id-taken'));

    const closing = await awaitClosing(await harness.start({ nodeNames: ['id-taken'], hostCleanup: 'skip' }));

    expect(closing).toMatchObject({ type: 'Refused', report: { failure: { type: 'NodeBusy' } } });
    expect(closing.message).toContain(`workflow ${ID_OF_ANOTHER_NODE} is already running`);
    await awaitCondition(
      'the node is as before',
      async () => JSON.stringify(toComparable(await readNode('id-taken'))) === JSON.stringify(before),
    );
  });

  it.each([
    ['takes over the lock of a closed workflow', 'lock-closed', true],
    ['keeps the lock of another Temporal', 'lock-unknown', false],
  ])('%s', async (_what, nodeName, isOfThisTemporal) => {
    const { stack, client } = harness;
    const closed = await harness.start({ nodeNames: [] });
    await awaitClosing(closed);
    const { namespace } = client.options;
    const { namespaceInfo } = await client.workflowService.describeNamespace({ namespace });
    const lock = toLockText({
      temporalNamespaceId: isOfThisTemporal ? (namespaceInfo?.id ?? '') : 'another',
      temporalNamespace: namespace,
      workflowId: closed.workflowId,
      firstExecutionRunId: closed.firstExecutionRunId,
      taskId: 'earlier',
      since: '2026-01-02T03:04:05.000Z',
    });
    await stack.createNodes([{ name: nodeName, annotations: { [LOCK_ANNOTATION]: lock } }]);

    const closing = await awaitClosing(await harness.start({ nodeNames: [nodeName], hostCleanup: 'skip' }));

    expect(closing.report.outcome).toBe(isOfThisTemporal ? 'Decommissioned' : 'Refused');
    const left = await stack.api.find(toNodePath(nodeName));
    expect(left?.metadata.annotations?.[LOCK_ANNOTATION]).toBe(isOfThisTemporal ? undefined : lock);
    expect(left === undefined).toBe(isOfThisTemporal);
    if (!isOfThisTemporal) expect(closing.message).toContain('held by task earlier');
  });

  it('accepts one of two simultaneous starts for the same node', async () => {
    const { stack } = harness;
    await stack.createNodes([{ name: 'wanted-twice' }]);
    const request = { nodeNames: ['wanted-twice'], hostCleanup: 'skip' };
    const mark = stack.markAudit();

    const runs = await Promise.all([harness.start(request), harness.start(request)]);
    const closings = await Promise.all(runs.map(awaitClosing));

    expect(closings.map(({ report }) => report.outcome).sort()).toEqual(['Decommissioned', 'Refused']);
    expect(await stack.api.find(toNodePath('wanted-twice'))).toBeUndefined();
    // The lock, the cordon, the label for load balancers and the point of no return, once each: the other run wrote nothing.
    expect(toOwnWrites(stack.auditEvents(mark)).filter((write) => write === 'patch nodes /wanted-twice')).toHaveLength(
      4,
    );
    const other = closings.find(({ report }) => report.outcome === 'Refused');
    expect(other?.message).toContain('node wanted-twice is held by task');
  });

  it('cannot be started twice with one workflow id', async () => {
    const { run } = drains['busy']!;
    const again = harness.start({ nodeNames: ['busy'], hostCleanup: 'skip' }, { workflowId: run.workflowId });
    await expect(again).rejects.toThrow('already started');
  });

  const readNode = async (nodeName: string): Promise<KubernetesObject> =>
    await harness.stack.api.read(toNodePath(nodeName));

  const endDrain = async ({ pool, run }: BlockedDrain, isCancelled: boolean): Promise<void> => {
    if (isCancelled) await run.cancel();
    else await unblockPods(harness.stack, pool);
  };

  const undoOf = (report: DecommissionReport, action: string): UndoReport | undefined =>
    [...report.nodes.flatMap(({ undo }) => undo), ...report.undo].find((entry) => entry.action === action);

  const toComparable = ({ metadata: { uid, labels, annotations }, spec }: KubernetesObject) => ({
    ...{ uid, labels, annotations, spec },
  });
});
