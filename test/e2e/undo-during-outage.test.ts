import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunStatus } from '../../src/domain/run/status.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import { awaitClosing, type Closing } from './harness/closing.ts';
import { startHarness, type Harness, type Run } from './harness/harness.ts';
import { toRepeatedUids } from './harness/evictions.ts';
import { readEvictions } from './harness/progress.ts';
import { halfBlockedScene, setScenes, toSceneSnapshot, type Scene } from './harness/scene.ts';
import { awaitSnapshot, readSnapshot, type Snapshot } from './harness/snapshot.ts';

const OUTAGE_SECONDS = 60;

interface Undoing {
  /** Completes "undoes …". */
  readonly what: string;
  readonly scene: Scene;
  readonly workflowType?: string;
  readonly nodeNames?: readonly string[];
  /** Absent: it is cancelled. */
  readonly timeoutSeconds?: number;
}

/** All of them undo at the same time, during one failure after another. */
const UNDOINGS: readonly Undoing[] = [
  { what: 'a cancelled node', scene: halfBlockedScene('single') },
  { what: 'a node that is cancelled twice', scene: halfBlockedScene('twice') },
  { what: 'a node of a separate decommissionNode', scene: halfBlockedScene('alone'), workflowType: 'decommissionNode' },
  {
    what: 'all nodes of a task',
    scene: { ...halfBlockedScene('several'), otherNodeNames: ['several-2'] },
    nodeNames: ['several', 'several-2'],
  },
  // Its deadline passes while the API server is down.
  { what: 'a node that ran out of time', scene: halfBlockedScene('late'), timeoutSeconds: 45 },
];

describe('during an API outage of a minute and the death of the worker and of the Temporal server, a run', () => {
  let harness: Harness;
  let worker: ManagedProcess;
  let before: Snapshot;
  let after: Snapshot;
  let outageSeconds = 0;
  const closings = new Map<Undoing, Closing>();

  beforeAll(async () => {
    harness = await startHarness({ own: true });
    const { stack } = harness;
    [worker] = await Promise.all([
      harness.startWorker(),
      setScenes(
        stack,
        UNDOINGS.map(({ scene }) => scene),
      ),
    ]);
    before = await readSnapshot(stack);
    const runs = await Promise.all(UNDOINGS.map(start));
    // A pod is terminating before the API server writes the eviction to its audit log: killed before that, it never does.
    await awaitCondition('the audit log has two evictions of each node', () =>
      UNDOINGS.every(({ scene: { nodeName } }) => readEvictions(harness, nodeName).length >= 2),
    );

    await stack.stopApiServer('SIGKILL');
    const stoppedAt = Date.now();
    const cancelled = runs.filter((_run, index) => UNDOINGS[index]?.timeoutSeconds === undefined);
    await Promise.all(cancelled.map((run) => run.cancel()));
    await Promise.all(cancelled.map(awaitUndoing));
    await killWorkerAndServer(runs);
    await Promise.all(cancelled.map(awaitUndoing));
    await awaitCondition('the outage has lasted', () => Date.now() - stoppedAt >= OUTAGE_SECONDS * 1000, {
      timeoutMilliseconds: OUTAGE_SECONDS * 2000,
      intervalMilliseconds: 500,
    });
    outageSeconds = (Date.now() - stoppedAt) / 1000;
    await stack.startApiServer();

    const ends = await Promise.all(runs.map((run) => awaitClosing(run)));
    UNDOINGS.forEach((each, index) => closings.set(each, ends[index]!));
    after = await awaitSnapshot(stack, before, 180_000);
  });

  afterAll(async () => {
    await harness.stop();
  });

  const start = ({ scene, workflowType, nodeNames, timeoutSeconds = 600 }: Undoing): Promise<Run> =>
    harness.start(
      { nodeNames: nodeNames ?? [scene.nodeName], hostCleanup: 'skip', preflight: 'skip', timeoutSeconds },
      workflowType === undefined ? {} : { workflowType },
    );

  /** Waits until the undo has started; that of a task starts with its node. */
  const awaitUndoing = async (run: Run): Promise<void> => {
    await awaitCondition(
      `${run.workflowId} undoes`,
      async () => {
        const status = await run.query<RunStatus>('status');
        const child = status.nodes.find(({ childWorkflowId }) => childWorkflowId !== undefined);
        if (child === undefined) return isUndoing(status);
        const handle = harness.client.workflow.getHandle(child.childWorkflowId ?? '', child.childRunId);
        return isUndoing(await handle.query<RunStatus>('status'));
      },
      { intervalMilliseconds: 300 },
    );
  };

  const isUndoing = ({ phase, nodes }: RunStatus): boolean =>
    phase === 'Undoing' ||
    nodes.some(({ steps }) => steps.some(({ name, status }) => name === 'evict' && status === 'Failed'));

  const killWorkerAndServer = async (runs: readonly Run[]): Promise<void> => {
    const twice = UNDOINGS.findIndex(({ scene }) => scene.nodeName === 'twice');
    await runs[twice]?.cancel();
    await worker.stop('SIGKILL');
    await harness.stack.temporal.kill();
    await harness.stack.temporal.start();
    worker = await harness.startWorker();
  };

  it.each(UNDOINGS)('undoes $what', (undoing) => {
    const closing = closings.get(undoing);
    const { nodeName } = undoing.scene;

    expect(outageSeconds).toBeGreaterThanOrEqual(OUTAGE_SECONDS);
    expect(closing).toMatchObject(
      undoing.timeoutSeconds === undefined
        ? { status: 'Canceled', report: { outcome: 'Cancelled' } }
        : { status: 'Failed', type: 'RolledBack', report: { failure: { type: 'DrainTimeout' } } },
    );
    expect(toSceneSnapshot(after, nodeName)).toEqual(toSceneSnapshot(before, nodeName));
    const undone = [...(closing?.report.undo ?? []), ...(closing?.report.nodes.flatMap(({ undo }) => undo) ?? [])];
    expect(undone.filter(({ status }) => status === 'Failed')).toEqual([]);
    const evictions = readEvictions(harness, nodeName);
    expect(evictions).toHaveLength(2);
    expect(toRepeatedUids(evictions)).toEqual([]);
  });
});
