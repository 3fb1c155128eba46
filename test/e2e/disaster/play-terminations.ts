import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { POINT_OF_NO_RETURN_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import { toNodeWorkflowId, toTaskWorkflowId } from '../../../src/domain/run/workflow-ids.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { Harness, Run } from '../harness/harness.ts';
import { readStepStatus } from '../harness/progress.ts';
import { awaitAllClosed } from './play-resets.ts';
import { endOf } from './run-end.ts';
import { PLACES, type Place } from './terminate-places.ts';
import { readTraces, type NodeTraces } from './traces.ts';

/** One run that is terminated in one step, and what follows. */
export interface Termination {
  readonly name: string;
  readonly nodeName: string;
  readonly place: Place;
  readonly terminates: readonly ('task' | 'node')[];
  readonly then: 'again' | 'janitor';
}

const WHO: readonly Termination['terminates'][] = [['task'], ['node'], ['task', 'node']];

/** Every step, whichever workflow is terminated, followed by the same request again or the janitor. */
export const TERMINATIONS: readonly Termination[] = PLACES.flatMap((place) =>
  WHO.filter((who) => place.hasNodeWorkflow || !who.includes('node')).flatMap((terminates) =>
    (['again', 'janitor'] as const).map((then) => ({
      name: `${place.step}: ${terminates.join(' and ')}, then ${then}`,
      nodeName: `${place.step}-${terminates.join('-')}-${then}`.toLowerCase(),
      place,
      terminates,
      then,
    })),
  ),
);

const toRequest = ({ nodeName, place }: Termination): Partial<DecommissionRequest> => ({
  nodeNames: [nodeName],
  taskId: nodeName,
  hostCleanup: 'skip',
  ...place.request,
});

const start = (harness: Harness, row: Termination): Promise<Run> =>
  harness.start(toRequest(row), { workflowId: toTaskWorkflowId('default', row.nodeName) });

/** Up to the end of the second run, or up to the point where the janitor runs. Returns what is wrong. */
export const playTermination = async (harness: Harness, row: Termination): Promise<readonly string[]> => {
  const { stack, client } = harness;
  const { nodeName, place, terminates } = row;
  await place.prepare?.(stack, nodeName);
  const run = await start(harness, row);
  await place.reach(harness, run, nodeName);
  if (terminates.includes('task')) await run.terminate('by mistake');
  if (terminates.includes('node'))
    await client.workflow.getHandle(toNodeWorkflowId('default', nodeName)).terminate('by mistake');
  // The task undoes what its node has left.
  if (!terminates.includes('task')) await endOf(run);
  if (row.then === 'again') return await startAgain(harness, row);
  await place.release(stack, nodeName);
  await awaitClosed(harness, row);
  return [];
};

const awaitClosed = async (harness: Harness, { place, nodeName }: Termination): Promise<void> => {
  if (place.hasNodeWorkflow) await awaitAllClosed(harness, nodeName);
};

const startAgain = async (harness: Harness, row: Termination): Promise<readonly string[]> => {
  const { stack } = harness;
  const { nodeName, place } = row;
  const second = await start(harness, row);
  if (place.step !== 'preflight') await awaitPlanned(harness, second, nodeName);
  await place.release(stack, nodeName);
  const { outcome, message } = await endOf(second);
  await awaitClosed(harness, row);
  const { presence, left } = await readTraces(stack, nodeName);
  const what = `the same request again ends as ${outcome} (${message})`;
  // Nothing is left to do for it: only the budgets may be, for the janitor.
  const isOver = place.step === 'finish' && outcome === 'Refused';
  return [
    ...(outcome === 'Decommissioned' || isOver ? [] : [what]),
    ...(presence === 'gone' ? [] : [`${what}: its Node is ${presence}`]),
    ...(isOver ? [] : left.map((each) => `${what}: ${each}`)),
  ];
};

const awaitPlanned = async (harness: Harness, run: Run, nodeName: string): Promise<void> => {
  await awaitCondition(
    `the second run of ${nodeName} has a plan`,
    async () => {
      const { status } = await run.describe();
      return status.name !== 'RUNNING' || (await readStepStatus(harness, run, nodeName, 'preflight')) === 'Succeeded';
    },
    { intervalMilliseconds: 300 },
  );
};

/** After the janitor: what is wrong. A node past its point of no return is completed by the same request. */
export const judgeAfterJanitor = async (harness: Harness, row: Termination): Promise<readonly string[]> => {
  const traces = await readTraces(harness.stack, row.nodeName);
  if (!isPastReturn(traces)) return judgeClean(row, traces);
  const { outcome, message } = await endOf(await start(harness, row));
  const end = await readTraces(harness.stack, row.nodeName);
  return [
    ...(row.place.step === 'deleteNode' ? [] : ['its Node is past its point of no return']),
    ...(end.presence === 'gone' ? [] : [`after ${outcome} (${message}) its Node is ${end.presence}`]),
    ...end.left,
  ];
};

const isPastReturn = ({ left, presence }: NodeTraces): boolean =>
  presence === 'cordoned' && left.some((each) => each.endsWith(POINT_OF_NO_RETURN_ANNOTATION));

const judgeClean = ({ place, terminates }: Termination, { presence, left }: NodeTraces): readonly string[] => {
  // Past its point of no return, a node whose own workflow runs on is completed by it.
  const isGone = place.step === 'finish' || (place.step === 'deleteNode' && !terminates.includes('node'));
  const wanted = isGone ? 'gone' : 'schedulable';
  return [...left, ...(presence === wanted ? [] : [`its Node is ${presence}, not ${wanted}`])];
};
