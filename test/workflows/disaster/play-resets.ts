import { failure } from '../task-script.ts';
import type { WorkflowHarness } from '../workflow-harness.ts';
import { awaitAllClosed, holdCall, type RecordedRun, type ResetPoint } from './rows.ts';
import { NODE, World } from './world.ts';

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
  readonly before: Before;
  readonly point: ResetPoint;
}

const WITHOUT_HOST: readonly Before[] = ['gone', 'rejoined', 'kept', 'undone', 'taken', 'deleting', 'deleted'];

/** To every workflow task of a recorded run. */
export const toResets = ({ points, cleansHost }: RecordedRun): readonly Reset[] => {
  const runs: readonly Before[] = cleansHost ? ['stopping'] : WITHOUT_HOST;
  return runs.flatMap((before) =>
    points.map((point) => ({
      name: `${before}: ${point.owner} to workflow task ${point.index + 1} (${point.does})`,
      before,
      point,
    })),
  );
};

/** Returns what is wrong after the reset, or after the same request that follows; nothing, if all is well. */
export const playReset = async (stage: WorkflowHarness, { before, point }: Reset): Promise<readonly string[]> => {
  const world = new World(stage, before === 'stopping');
  const start = (): ReturnType<World['start']> => world.start(before === 'kept' ? { deleteNode: false } : {});
  const release = await reach(stage, world, before, start);
  const { node } = world;
  const evictedBefore = world.cluster.evictedNames.length;
  const handles = { task: stage.taskOf(world.script), node: stage.childOf(world.script, NODE) };
  const reset = await stage.resetTo(handles[point.owner], point.index);
  release();
  const isNewPlan = (await readNodeUid(stage, reset)) === node?.uid;
  await awaitAllClosed(stage, world, handles.task);
  if (before === 'taken') return judgeTaken(world, node);
  const isForeign = before === 'rejoined' && !isNewPlan;
  const afterReset = [
    ...judge(world, 'after the reset', isForeign ? ['schedulable'] : toAllowed(before)),
    ...(isForeign && world.cluster.evictedNames.length > evictedBefore ? ['pods of another Node are evicted'] : []),
  ];
  const second = await start();
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

/** Brings a run to the place where it is reset. Returns what lets it continue. */
const reach = async (
  stage: WorkflowHarness,
  world: World,
  before: Before,
  start: () => ReturnType<World['start']>,
): Promise<() => void> => {
  if (before === 'undone' || before === 'taken')
    world.script.fail('confirmDrained', failure('NodeBoundPods', 'a pod came back.'), 1);
  if (before === 'deleting' || before === 'deleted' || before === 'stopping') {
    const name = before === 'stopping' ? 'runHostStage' : 'deleteNode';
    const held = holdCall(world, { name, nth: 1 }, before === 'deleted' ? 'done' : 'lost');
    await start();
    await held.reached;
    return held.release;
  }
  await awaitAllClosed(stage, world, await start());
  if (before === 'rejoined') world.rejoin();
  if (before === 'taken') world.lockForAnotherTask();
  return () => undefined;
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

/** UID of the node in the report of the run; undefined: it has none. A run that waits for an operator is terminated. */
const readNodeUid = async (
  stage: WorkflowHarness,
  reset: Awaited<ReturnType<WorkflowHarness['resetTo']>>,
): Promise<string | undefined> => {
  const { phase } = await stage.awaitStatus(reset, (status) => ['NeedsOperator', 'Closed'].includes(status.phase));
  if (phase === 'NeedsOperator') {
    await reset.terminate('an operator has decided');
    return undefined;
  }
  const { report } = await stage.awaitEnding(reset);
  return 'nodes' in report ? report.nodes[0]?.nodeUid : (report as { readonly nodeUid?: string }).nodeUid;
};
