import { Context } from '@temporalio/activity';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { boundRows } from '../../long-run.ts';
import { beatUntil } from '../beat-until.ts';
import { awaitOpen, readRunSizes, type RunSize } from '../history-growth.ts';
import { failure, target, type TaskScript } from '../task-script.ts';
import { WINDOWS } from '../turned-windows.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is open' };

/**
 * The server suggests it at 4,096 events. A report of a drain's progress adds four, and there is one a minute at most: a week of a drain whose
 * pods wait has ten runs. Here it has as many, with fewer reports.
 */
const SUGGESTED_EVENTS = 60;
/** Of a run: until it suggests the end, and while its evictions are recalled, or a window opens and closes. */
const MAX_EVENTS = SUGGESTED_EVENTS + 100;
const REPORT_COUNT = 60;
const JUDGEMENT_COUNT = 40;
/** As long as the lines of a large node. */
const LINES = Array.from({ length: 50 }, (_each, index) => `web-${index} | BlockedByBudget | ${'waits '.repeat(20)}`);
const REPORT_BYTES = 10_000;

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open({
  serverArguments: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${SUGGESTED_EVENTS}`],
});
afterAll(() => stage.close());

interface BlockedEviction {
  readonly open: () => void;
  /** While the worker has the eviction: false when it was recalled. */
  readonly isRunning: () => boolean;
}

/** The eviction of this pod waits until `open`, in each run again. */
const blockEviction = (script: TaskScript, podName: string): BlockedEviction => {
  let runningCount = 0;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  script.onReleaseAll(() => {
    open();
  });
  script.wrap('evictPod', (standard) => async (context, input) => {
    if (input.pod.name !== podName) return await standard(context, input);
    runningCount += 1;
    try {
      await beatUntil(Promise.race([opened, Context.current().cancelled]));
    } finally {
      runningCount -= 1;
    }
    return await standard(context, input);
  });
  return {
    open: () => {
      open();
    },
    isRunning: () => runningCount > 0,
  };
};

/** A query is answered when everything before it is processed; one that meets continue-as-new fails. */
const awaitProcessed = (handle: WorkflowHandle): Promise<void> =>
  stage.await(
    () =>
      handle.query('status').then(
        () => true,
        () => false,
      ),
    `an answer of ${handle.workflowId}`,
  );

const readMost = (sizes: readonly RunSize[], key: keyof RunSize): number => Math.max(...sizes.map((size) => size[key]));

/** Every run is bounded, and what each passes on does not grow. */
const expectBounded = (sizes: readonly RunSize[]): void => {
  expect(readMost(sizes, 'events')).toBeLessThanOrEqual(MAX_EVENTS);
  expect(readMost(sizes, 'bytes')).toBeLessThanOrEqual(MAX_EVENTS * REPORT_BYTES);
  expect(sizes.at(-1)!.inputBytes).toBeLessThanOrEqual(sizes[1]!.inputBytes + 100);
};

describe('a drain that waits for a week', () => {
  it.concurrent('for a budget, and reports progress, has runs of a bounded length', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    const blocked = blockEviction(script, 'web-2');
    const task = await stage.startTask(script, ['node-1']);
    const node = stage.childOf(script, 'node-1');
    await stage.awaitStatus(task, () => script.callsOf('evictPod').length > 0);
    for (let count = 0; count < REPORT_COUNT; count += 1) {
      await node.signal('drainPicture', [...LINES, `report ${count}`]);
      await awaitProcessed(node);
    }
    blocked.open();
    expect((await stage.awaitEnding(task)).report.outcome).toBe('Decommissioned');
    const sizes = await readRunSizes(stage, node.workflowId);
    expectBounded(sizes);
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    expect(sizes.length).toBeLessThanOrEqual(REPORT_COUNT / 2);
    const ofTask = await readRunSizes(stage, task.workflowId);
    expect(readMost(ofTask, 'events')).toBeLessThanOrEqual(MAX_EVENTS);
  });

  it.concurrent('for its windows, has runs of a bounded length, and so has its task', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    const blocked = blockEviction(script, 'web-2');
    let judgementCount = 0;
    script.wrap('judgeWindows', () => () => {
      judgementCount += 1;
      const isLast = judgementCount > JUDGEMENT_COUNT;
      // A window closes as soon as an eviction runs, and none opens while one is recalled: a slow machine has no more changes in a run.
      const isOpen = isLast || !blocked.isRunning();
      const openMilliseconds = isLast ? 3_600_000 : 100;
      return Promise.resolve({ isOpen, changesAt: Date.now() + (isOpen ? openMilliseconds : 400) });
    });
    const task = await stage.startTask(script, ['node-1'], { windows: WINDOWS, onWindowClose: 'pause' });
    const node = stage.childOf(script, 'node-1');
    await stage.awaitHistory(node, 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED');
    await stage.awaitStatus(stage.taskOf(script), () => judgementCount > JUDGEMENT_COUNT);
    blocked.open();
    expect((await stage.awaitEnding(stage.taskOf(script))).report.outcome).toBe('Decommissioned');
    const sizes = await readRunSizes(stage, node.workflowId);
    expectBounded(sizes);
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    const ofTask = await readRunSizes(stage, task.workflowId);
    expect(readMost(ofTask, 'events')).toBeLessThanOrEqual(MAX_EVENTS);
  });
});

interface Waiting {
  readonly name: string;
  readonly request?: Readonly<Record<string, unknown>>;
  /** Resolves when it waits. */
  readonly reach: (script: TaskScript, task: WorkflowHandle) => Promise<unknown>;
  readonly arrange?: (script: TaskScript) => void;
  readonly isAlone?: boolean;
  /** Of the task, or of a `decommissionNode` that was started alone, and of the node's own workflow. */
  readonly open: readonly string[];
  readonly openOfNode?: readonly string[];
}

const parkDeletion = (script: TaskScript): void => {
  script.fail('deleteNode', failure('Forbidden', 'outcome unknown.'), 1);
};
const block = (script: TaskScript): void => {
  blockEviction(script, 'web-2');
};
const untilPhase = (phase: string) => (_script: TaskScript, task: WorkflowHandle) =>
  stage.awaitStatus(task, (status) => status.phase === phase);
const untilApproval = (_script: TaskScript, task: WorkflowHandle) =>
  stage.awaitStatus(task, ({ awaitsApproval = [] }) => awaitsApproval.length > 0);
const untilBlocked = (script: TaskScript, task: WorkflowHandle) =>
  stage.awaitStatus(task, () => script.callsOf('evictPod').length === 2);

const WAITS: readonly Waiting[] = [
  { name: 'for a budget', arrange: block, reach: untilBlocked, open: [], openOfNode: ['evictPod'] },
  {
    name: 'for a budget, without a task',
    isAlone: true,
    arrange: block,
    reach: untilBlocked,
    open: ['evictPod'],
  },
  {
    name: 'for a resume in the drain',
    arrange: block,
    reach: async (script, task) => {
      await untilBlocked(script, task);
      await task.executeUpdate('pause', { args: [ANN] });
      await stage.awaitHistory(stage.childOf(script, 'node-1'), 'EVENT_TYPE_ACTIVITY_TASK_CANCELED');
    },
    open: [],
    openOfNode: [],
  },
  {
    name: 'for an operator',
    arrange: parkDeletion,
    reach: untilPhase('NeedsOperator'),
    open: [],
    openOfNode: [],
  },
  {
    name: 'for an operator, without a task',
    isAlone: true,
    arrange: parkDeletion,
    reach: untilPhase('NeedsOperator'),
    open: [],
  },
  {
    name: 'for an operator, after its task was cancelled',
    arrange: parkDeletion,
    reach: async (script, task) => {
      await untilPhase('NeedsOperator')(script, task);
      await task.cancel();
      await stage.awaitSettled(stage.childOf(script, 'node-1'), 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    },
    open: [],
    openOfNode: [],
  },
  ...(['beforeEviction', 'beforeNodeDeletion'] as const).map((approval): Waiting => ({
    name: `for an approval ${approval}`,
    request: { approval },
    reach: untilApproval,
    open: [],
    openOfNode: [],
  })),
  {
    name: 'for an approval, while another node waits for its turn',
    request: { approval: 'beforeEviction', nodeNames: ['node-1', 'node-2'] },
    reach: untilApproval,
    open: [],
    openOfNode: [],
  },
  {
    name: 'for its first window',
    request: { windows: WINDOWS },
    arrange: (script) => {
      const changesAt = Date.now() + 3_600_000;
      script.wrap('judgeWindows', () => () => Promise.resolve({ isOpen: false, changesAt }));
    },
    reach: (script, task) => stage.awaitStatus(task, () => script.callsOf('judgeWindows').length > 0),
    open: ['until the next window opens'],
  },
];

describe('a wait of a week writes nothing to a history', () => {
  it.concurrent.each(boundRows(WAITS, 3))('$name', async ({ request, arrange, isAlone, reach, open, openOfNode }) => {
    const script = stage.createScript({ 'node-1': [target('web-1'), target('web-2')] });
    arrange?.(script);
    const task =
      isAlone === true
        ? await stage.startByItself(script, 'node-1')
        : await stage.startTask(script, ['node-1'], request);
    await reach(script, task);
    await awaitOpen(stage, task, open);
    if (openOfNode) await awaitOpen(stage, stage.childOf(script, 'node-1'), openOfNode);
    expect(script.callsOf('repeatPreflight')).toEqual([]);
    await task.terminate('the test is over');
    if (openOfNode) await stage.childOf(script, 'node-1').terminate('the test is over');
    script.releaseAll();
  });
});
