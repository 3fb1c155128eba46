import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toNodeWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import type { NodeReport } from '../../src/domain/run/report.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { boundRows } from '../long-run.ts';
import { CANCEL_SCENES, type CancelScene } from './harness/cancel-scenes.ts';
import { awaitClosing, type Closing } from './harness/closing.ts';
import { startHarness, type CliResult, type Harness } from './harness/harness.ts';
import { readPodsOnNode, toUids } from './harness/pods-on-node.ts';
import { readEvictions } from './harness/progress.ts';
import { setScenes, toSceneSnapshot } from './harness/scene.ts';
import { readSnapshot, type Snapshot } from './harness/snapshot.ts';

const WAITS = {
  settleSeconds: 3,
  emptyTwiceSeconds: 3,
  staysGoneSeconds: 5,
  detachSeconds: 120,
  budgetObservedSeconds: 60,
};

/** In `npm test` every second one; all of them cost a minute of a processor. */
const SCENES = boundRows(CANCEL_SCENES, 2);

interface Ending {
  readonly closing: Closing;
  readonly podsBefore: readonly string[];
  /** At the end of the run. */
  readonly evicted: readonly string[];
  readonly reportOfNode: NodeReport | undefined;
  /** The verb `cancel`, past the point of no return, where the scene is blocked there. */
  readonly refusal: CliResult | undefined;
}

/** All scenes run at the same time, each blocked at the place of its cancellation; then each is checked. */
describe('a cancelled decommission', () => {
  let harness: Harness;
  let before: Snapshot;
  let after: Snapshot;
  const endings = new Map<string, Promise<Ending>>();

  beforeAll(async () => {
    harness = await startHarness({ waits: WAITS });
    await Promise.all([
      harness.startWorker(),
      setScenes(
        harness.stack,
        SCENES.map(({ scene }) => scene),
      ),
    ]);
    for (const { prepare } of SCENES) await prepare?.(harness.stack);
    before = await readSnapshot(harness.stack);
    for (const each of SCENES) endings.set(each.name, play(each));
    await Promise.allSettled(endings.values());
    after = await awaitUndone();
  });

  afterAll(async () => {
    await harness.stop();
  });

  const play = async ({
    scene,
    request,
    workflowType,
    reach,
    afterCancel,
    nodeAfter,
  }: CancelScene): Promise<Ending> => {
    const { nodeName } = scene;
    const podsBefore = toUids(await readPodsOnNode(harness.stack, nodeName));
    const run = await harness.start(
      { nodeNames: [nodeName], hostCleanup: 'skip', ...request },
      workflowType === undefined ? {} : { workflowType },
    );
    await reach(harness, run);
    const isBlocked = nodeAfter !== undefined && afterCancel !== undefined;
    const refusal = isBlocked ? await harness.runCli(['cancel', run.workflowId]) : undefined;
    await run.cancel();
    // Else its step may end before the cancellation has come from its task.
    if (isBlocked) await awaitCancelRequest(toNodeWorkflowId('default', nodeName));
    await afterCancel?.(harness, run);
    const closing = await awaitClosing(run);
    const childRunId = closing.report.nodes.find((node) => node.nodeName === nodeName)?.childRunId;
    const child = harness.client.workflow.getHandle(toNodeWorkflowId('default', nodeName), childRunId);
    const reportOfNode = childRunId === undefined ? undefined : (await awaitClosing<NodeReport>(child)).report;
    return { closing, podsBefore, evicted: readEvictedUids(nodeName), reportOfNode, refusal };
  };

  const awaitCancelRequest = async (workflowId: string): Promise<void> => {
    await awaitCondition(
      `${workflowId} has a cancellation request`,
      async () => {
        const { events } = await harness.client.workflow.getHandle(workflowId).fetchHistory();
        return (events ?? []).some((event) => event.workflowExecutionCancelRequestedEventAttributes);
      },
      { intervalMilliseconds: 500 },
    );
  };

  const undoChanges = SCENES.filter(({ nodeAfter }) => nodeAfter === undefined);

  const readEvictedUids = (namespace: string): readonly string[] =>
    readEvictions(harness, namespace).map(({ uid }) => uid);

  /** The part of a snapshot that must be as before: the whole scene without the nodes that its task had deleted before the cancellation. */
  const toKept = (snapshot: Snapshot, { scene, goneNodeNames = [] }: CancelScene): Snapshot =>
    Object.fromEntries(
      Object.entries(toSceneSnapshot(snapshot, scene.nodeName)).filter(
        ([key]) => !goneNodeNames.some((name) => key === `Node /${name}`),
      ),
    );

  /** Controllers remove their own taint a moment after an uncordon. Returns the last snapshot in any case; the tests compare. */
  const awaitUndone = async (): Promise<Snapshot> => {
    const toText = (snapshot: Snapshot): string => JSON.stringify(undoChanges.map((each) => toKept(snapshot, each)));
    let now = await readSnapshot(harness.stack);
    const wait = awaitCondition(
      'everything is as before',
      async () => {
        now = await readSnapshot(harness.stack);
        return toText(now) === toText(before);
      },
      { timeoutMilliseconds: 60_000, intervalMilliseconds: 500 },
    );
    await Promise.allSettled([wait]);
    return now;
  };

  it.each(undoChanges)('is undone when it is cancelled $name', async (each) => {
    const { name, scene, evictedCount, podOutcomes } = each;
    const { closing, podsBefore, evicted, reportOfNode } = await endings.get(name)!;

    expect(closing).toMatchObject({ status: 'Canceled', report: { outcome: 'Cancelled' } });
    expect(toKept(after, each)).toEqual(toKept(before, each));
    expect(evicted).toHaveLength(evictedCount ?? 0);
    expect(new Set(evicted).size).toBe(evicted.length);
    expect(podsBefore).toEqual(expect.arrayContaining([...evicted]));
    expect(readEvictedUids(scene.nodeName)).toEqual(evicted);
    if (podOutcomes) expect(reportOfNode?.pods.map(({ outcome }) => outcome).sort()).toEqual(podOutcomes);
  });

  const continued = SCENES.filter(({ nodeAfter }) => nodeAfter !== undefined);
  it.each(continued)(
    'continues to the end when it is cancelled $name',
    async ({ name, scene, evictedCount, nodeAfter }) => {
      const { closing, evicted, refusal } = await endings.get(name)!;

      if (refusal) expect(refusal).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('Nothing was sent') });
      expect(closing.report.nodes[0]?.notes.join(' ')).toContain('Cancellation was requested at ');
      expect(closing).toMatchObject({ status: 'Completed', report: { outcome: 'Decommissioned' } });
      expect(evicted).toHaveLength(evictedCount ?? 0);
      const node = await harness.stack.api.find(`/api/v1/nodes/${scene.nodeName}`);
      expect(node === undefined ? 'deleted' : 'drained').toBe(nodeAfter);
      if (node) expect(node.spec).toMatchObject({ unschedulable: true });
      if (node) expect(JSON.stringify(node.metadata.annotations)).not.toContain('node-decommission.io/task');
      expect(Object.keys(toSceneSnapshot(after, scene.nodeName)).filter((key) => key.includes('Budget'))).toEqual([]);
    },
  );

  it('leaves no workflow open', async () => {
    await awaitCondition('nothing is running', async () => {
      const { count } = await harness.client.workflow.count('ExecutionStatus = "Running"');
      return count === 0;
    });
  });
});
