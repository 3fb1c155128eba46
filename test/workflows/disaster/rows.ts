import type { WorkflowHandle } from '@temporalio/client';
import { beatUntil } from '../beat-until.ts';
import type { ActivityName, Held } from '../task-script.ts';
import type { WorkflowHarness } from '../workflow-harness.ts';
import { NODE, type Scene } from './scenes.ts';
import { World } from './world.ts';

/** One call of an activity in the history of a finished run, by the workflow that has scheduled it. */
export interface Call {
  readonly owner: 'task' | 'node';
  readonly name: ActivityName;
  /** Which call of this name in both histories, from 1. */
  readonly nth: number;
}

/** A workflow task in the history of a finished run, by the workflow that has it. */
export interface ResetPoint {
  readonly owner: 'task' | 'node';
  /** From 0. */
  readonly index: number;
  /** What the workflow did in it. */
  readonly does: string;
}

/** Finishes a run with one node, and reads the calls in its histories. */
export const recordCalls = async (stage: WorkflowHarness, scene: Scene): Promise<readonly Call[]> => {
  const world = new World(stage, scene);
  const task = await world.start();
  await awaitAllClosed(stage, world, task);
  const { report } = await stage.awaitEnding(task);
  if (report.outcome !== 'Decommissioned')
    throw new Error(`the recorded run ${scene.name} ends as ${report.outcome}: ${report.message}`);
  await world.close();
  const calls: Call[] = [];
  // The task calls nothing after its node that it, or the node, calls before.
  for (const [owner, handle] of toHandles(stage, world)) calls.push(...(await readCalls(stage, handle, owner, calls)));
  return calls;
};

/** The workflow tasks of the newest runs of the task and of its node. */
export const readResetPoints = async (stage: WorkflowHarness, world: World): Promise<readonly ResetPoint[]> => {
  const points: ResetPoint[] = [];
  for (const [owner, handle] of toHandles(stage, world)) {
    const tasks = await stage.readWorkflowTasks(handle);
    points.push(...tasks.map(({ does }, index) => ({ owner, index, does })));
  }
  return points;
};

const toHandles = (stage: WorkflowHarness, { script }: World): readonly [ResetPoint['owner'], WorkflowHandle][] => [
  ['task', stage.taskOf(script)],
  ['node', stage.childOf(script, NODE)],
];

const readCalls = async (
  stage: WorkflowHarness,
  handle: WorkflowHandle,
  owner: Call['owner'],
  earlier: readonly Call[],
): Promise<readonly Call[]> => {
  const names = (await stage.readScheduled(handle)).map(({ name }) => name as ActivityName);
  const all = [...earlier.map(({ name }) => name), ...names];
  return names.map((name, index) => ({
    owner,
    name,
    nth: all.slice(0, earlier.length + index + 1).filter((each) => each === name).length,
  }));
};

/** `lost`: the call never takes effect, as when its worker dies. `done`: it has taken effect, and the workflow does not learn of it. */
export type Effect = 'lost' | 'done';

/** Holds this call until `release`, before or after its effect. The workflow may be gone by then; other calls continue. */
export const holdCall = ({ script }: World, { name, nth }: Omit<Call, 'owner'>, effect: Effect): Held => {
  let count = 0;
  let reach: () => void = () => undefined;
  let release: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  script.onReleaseAll(() => {
    release();
  });
  script.wrap(name, (standard) => {
    const call = standard as (...args: readonly unknown[]) => Promise<unknown>;
    const held = async (...args: readonly unknown[]): Promise<unknown> => {
      count += 1;
      if (count !== nth) return await call(...args);
      const result = effect === 'done' ? await call(...args) : undefined;
      reach();
      await beatUntil(released);
      if (effect === 'lost') throw new Error('the worker has died');
      return result;
    };
    return held as typeof standard;
  });
  return {
    reached,
    release: () => {
      release();
    },
  };
};

/** Waits until no workflow of the task or of its node runs. */
export const awaitAllClosed = async (
  stage: WorkflowHarness,
  { script }: World,
  task: WorkflowHandle,
): Promise<void> => {
  await stage.awaitClosed(task.workflowId);
  await stage.awaitClosed(stage.childOf(script, NODE).workflowId);
};
