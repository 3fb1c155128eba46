import type { WorkflowHarness } from '../workflow-harness.ts';
import { awaitAllClosed, holdCall, type Call, type Effect } from './rows.ts';
import { NODE, type Scene } from './scenes.ts';
import { World } from './world.ts';

/** A run whose workflows are terminated during one call, and what follows. */
export interface Termination {
  readonly name: string;
  readonly call: Call;
  readonly effect: Effect;
  readonly terminated: readonly Call['owner'][];
  readonly then: 'the same request' | 'the janitor';
  readonly scene: Scene;
}

const OF_TASK: readonly Termination['terminated'][] = [['task']];
/** The task waits for the end of its node. */
const OF_NODE: readonly Termination['terminated'][] = [['task'], ['node'], ['task', 'node']];

/** During every one of these calls of a recorded run, whichever workflow is terminated. */
export const toTerminations = (scene: Scene, calls: readonly Call[]): readonly Termination[] =>
  calls.flatMap((call) =>
    (call.owner === 'task' ? OF_TASK : OF_NODE).flatMap((terminated) =>
      (['lost', 'done'] as const).flatMap((effect) =>
        (['the same request', 'the janitor'] as const).map((then) => ({
          name: `${terminated.join(' and ')} during ${call.name} ${call.nth} (${effect}), then ${then}, ${scene.name}`,
          call,
          effect,
          terminated,
          then,
          scene,
        })),
      ),
    ),
  );

/** Returns what is wrong in the end; nothing, if all is well. */
export const playTermination = async (stage: WorkflowHarness, row: Termination): Promise<readonly string[]> => {
  const world = new World(stage, row.scene);
  const held = holdCall(world, row.call, row.effect);
  const first = await world.start();
  await held.reached;
  if (row.terminated.includes('task')) await first.terminate('by mistake');
  if (row.terminated.includes('node')) await stage.childOf(world.script, NODE).terminate('by mistake');
  held.release();
  // Terminated alone, a node is undone by its task.
  if (!row.terminated.includes('task')) await awaitAllClosed(stage, world, first);
  const problems =
    row.then === 'the same request' ? await repeat(stage, world) : await cleanAndRepeat(stage, world, row.call, first);
  await world.close();
  return [...problems, ...world.undone];
};

const repeat = async (stage: WorkflowHarness, world: World): Promise<readonly string[]> => {
  const second = await world.start();
  await awaitAllClosed(stage, world, second);
  const { report } = await stage.awaitEnding(second);
  const what = `the same request ends as ${report.outcome} (${report.message})`;
  // The Node was deleted before, or meanwhile by its own workflow: nothing is to be done, and the janitor finds the budgets.
  const isTooLate = world.presence === 'gone' && /does not exist|no longer exists/.test(report.message);
  if (isTooLate) {
    if (world.isHostLeft) await resetNode(stage, world);
    await world.clean();
  }
  return [
    ...(report.outcome === 'Decommissioned' || isTooLate ? [] : [what]),
    ...(world.presence === 'gone' ? [] : [`${what}: the Node is ${world.presence}`]),
    ...(world.isHostLeft ? [`${what}: its host is ${world.host.state}`] : []),
    ...world.traces.map((trace) => `${what}: ${trace}`),
  ];
};

/** To its last workflow task: nothing but its history names the host of a Node that is deleted. */
const resetNode = async (stage: WorkflowHarness, world: World): Promise<void> => {
  const reset = await stage.resetTo(stage.childOf(world.script, NODE), Number.POSITIVE_INFINITY);
  await stage.awaitClosed(reset.workflowId);
};

/** During these, the Node or the memo of its workflow records that it is past its point of no return. */
const PAST_RETURN: readonly Call['name'][] = ['markPointOfNoReturn', 'deleteNode', 'runHostStage', 'verifyHost'];

/** A node past its point of no return stays as it is until the same request completes it. */
const cleanAndRepeat = async (
  stage: WorkflowHarness,
  world: World,
  { name }: Call,
  first: Awaited<ReturnType<World['start']>>,
): Promise<readonly string[]> => {
  await awaitAllClosed(stage, world, first);
  const results = await world.clean();
  const isKept = world.presence === 'cordoned' && results.some(({ remains }) => remains);
  if (isKept && PAST_RETURN.includes(name)) return await repeat(stage, world);
  if (world.isHostLeft && world.presence === 'gone') await resetNode(stage, world);
  const what = `after the janitor (${results.map(({ kind, status }) => `${kind} ${status}`).join(', ')})`;
  return [
    ...(world.presence === 'cordoned' ? [`${what}: the Node is cordoned`] : []),
    ...(world.isHostLeft ? [`${what}: its host is ${world.host.state}`] : []),
    ...world.traces.map((trace) => `${what}: ${trace}`),
  ];
};
