import type { DecommissionReport, NodeReport } from '../../../src/domain/run/report.ts';
import { failure } from '../task-script.ts';
import type { WorkflowHarness } from '../workflow-harness.ts';
import { awaitAllClosed, holdCall, readResetPoints, type ResetPoint } from './rows.ts';
import { NODE, PLAIN, WITH_EVERYTHING, WITH_HOST, type Scene } from './scenes.ts';
import { World } from './world.ts';

/** The run that is reset. */
export type Before =
  /** Finished: its Node stays deleted. */
  | 'gone'
  /** Finished; a machine has registered under the name of its Node since. */
  | 'rejoined'
  /** Finished, with `deleteNode: false`. */
  | 'kept'
  /** Undone after its drain. */
  | 'undone'
  /** The same; another task has locked and cordoned the node since. */
  | 'taken'
  /** Past its point of no return, before its Node is deleted. */
  | 'deleting'
  /** The same, with its host: before its kubelet is stopped. */
  | 'stopping'
  /** The same, and the Node is deleted without an answer. */
  | 'deleted';

export interface Reset {
  readonly name: string;
  readonly scene: Scene;
  readonly before: Before;
  readonly point: ResetPoint;
}

const RUNS: readonly (readonly [Scene, readonly Before[]])[] = [
  [PLAIN, ['gone', 'rejoined', 'kept', 'undone', 'taken', 'deleting', 'deleted']],
  [WITH_HOST, ['gone', 'stopping']],
  [WITH_EVERYTHING, ['gone', 'rejoined', 'undone']],
];

/** To every workflow task of the histories that these runs have by then: a new step has its own. */
export const recordResets = async (stage: WorkflowHarness): Promise<readonly Reset[]> => {
  const resets: Reset[] = [];
  for (const [scene, runs] of RUNS) {
    for (const before of runs) {
      const world = new World(stage, scene);
      const task = await reach(stage, world, before);
      const points = await readResetPoints(stage, world);
      task.release();
      await awaitAllClosed(stage, world, task.handle);
      await world.close();
      resets.push(...points.map((point) => ({ name: toName(scene, before, point), scene, before, point })));
    }
  }
  return resets;
};

const toName = (scene: Scene, before: Before, { owner, index, does }: ResetPoint): string =>
  `${before}: ${owner} to workflow task ${index + 1} (${does}), ${scene.name}`;

/** Returns what is wrong after the reset, or after the same request that follows; nothing, if all is well. */
export const playReset = async (stage: WorkflowHarness, row: Reset): Promise<readonly string[]> => {
  const world = new World(stage, row.scene);
  const problems = await resetAndRepeat(stage, world, row);
  await world.close();
  return problems;
};

const resetAndRepeat = async (
  stage: WorkflowHarness,
  world: World,
  { before, point }: Reset,
): Promise<readonly string[]> => {
  const { release } = await reach(stage, world, before);
  const { node } = world;
  const evictedBefore = world.cluster.evictedNames.length;
  const handles = { task: stage.taskOf(world.script), node: stage.childOf(world.script, NODE) };
  const reset = await stage.resetTo(handles[point.owner], point.index);
  release();
  const end = await readEnd(stage, reset);
  const isNewPlan = end.nodeUid === node?.uid;
  await awaitAllClosed(stage, world, handles.task);
  if (before === 'taken') return judgeTaken(world, node);
  const isForeign = before === 'rejoined' && !isNewPlan;
  // Reset to before its own lock, it does not find the Node that would name its child, and ends before that: the janitor finds the budgets.
  if (before === 'deleted' && end.outcome !== 'Decommissioned') await world.clean();
  const afterReset = [
    ...judge(world, 'after the reset', isForeign ? ['schedulable'] : toAllowed(before)),
    ...(isForeign && world.cluster.evictedNames.length > evictedBefore ? ['pods of another Node are evicted'] : []),
  ];
  const second = await start(world, before);
  await awaitAllClosed(stage, world, handles.task);
  const { report } = await stage.awaitEnding(second);
  // What the deleted Node cannot name any more, e.g. budgets.
  await world.clean();
  return [
    ...afterReset,
    ...judge(
      world,
      `after the same request, ${report.outcome} (${report.message})`,
      before === 'kept' ? ['cordoned'] : ['gone'],
    ),
    ...world.undone,
  ];
};

const start = (world: World, before: Before): ReturnType<World['start']> =>
  world.start(before === 'kept' ? { deleteNode: false } : {});

interface ReachedRun {
  readonly handle: Awaited<ReturnType<World['start']>>;
  /** Lets it continue. */
  readonly release: () => void;
}

/** Brings a run to the place where it is reset. */
const reach = async (stage: WorkflowHarness, world: World, before: Before): Promise<ReachedRun> => {
  if (before === 'undone' || before === 'taken')
    world.script.fail('confirmDrained', failure('NodeBoundPods', 'a pod came back.'), 1);
  if (before === 'deleting' || before === 'deleted' || before === 'stopping') {
    const name = before === 'stopping' ? 'runHostStage' : 'deleteNode';
    const held = holdCall(world, { name, nth: 1 }, before === 'deleted' ? 'done' : 'lost');
    const handle = await start(world, before);
    await held.reached;
    return { handle, release: held.release };
  }
  const handle = await start(world, before);
  await awaitAllClosed(stage, world, handle);
  if (before === 'rejoined') world.rejoin();
  if (before === 'taken') world.lockForAnotherTask();
  return { handle, release: () => undefined };
};

const toAllowed = (before: Before): readonly World['presence'][] => {
  if (before === 'kept') return ['cordoned'];
  // A task that is reset to before its plan begins again.
  return before === 'undone' ? ['schedulable', 'gone'] : ['gone'];
};

const judgeTaken = ({ node, traces }: World, before: World['node']): readonly string[] => [
  ...(JSON.stringify(node) === JSON.stringify(before) ? [] : ['the Node of another task is changed']),
  ...traces.filter((trace) => trace.startsWith('budget')),
];

const judge = (world: World, what: string, allowed: readonly World['presence'][]): readonly string[] => [
  ...(allowed.includes(world.presence) ? [] : [`${what}: the Node is ${world.presence}`]),
  ...world.traces.map((trace) => `${what}: ${trace}`),
];

interface RunEnd {
  readonly outcome: string;
  /** Of the node in its report; absent: it has none. */
  readonly nodeUid?: string | undefined;
}

/** A run that waits for an operator is terminated. */
const readEnd = async (
  stage: WorkflowHarness,
  reset: Awaited<ReturnType<WorkflowHarness['resetTo']>>,
): Promise<RunEnd> => {
  const { phase } = await stage.awaitStatus(reset, (status) => ['NeedsOperator', 'Closed'].includes(status.phase));
  if (phase === 'NeedsOperator') {
    await reset.terminate('an operator has decided');
    return { outcome: phase };
  }
  const { report } = await stage.awaitClosing<DecommissionReport | NodeReport>(reset);
  const nodeUid = 'nodes' in report ? report.nodes[0]?.nodeUid : report.nodeUid;
  return { outcome: report.outcome, nodeUid };
};
