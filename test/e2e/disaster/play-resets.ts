import type { WorkflowHandle } from '@temporalio/client';
import { toNodeWorkflowId, toTaskWorkflowId } from '../../../src/domain/run/workflow-ids.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { toAcceptedEvictions } from '../harness/evictions.ts';
import type { Harness } from '../harness/harness.ts';
import { createPoolNode } from '../harness/node-pool.ts';
import { readPodsOnNode } from '../harness/pods-on-node.ts';
import { endOf, type RunEnd } from './run-end.ts';
import { readResetPoints, resetTo, type ResetPoint } from './reset-points.ts';
import { readTraces, type NodeTraces } from './traces.ts';

/** What became of the node of a finished run before the run is reset. */
export type Afterwards =
  /** Its Node stays deleted. */
  | 'gone'
  /** A Node of its name has registered since, with pods. */
  | 'rejoined'
  /** The run has not deleted it: `deleteNode: false`. */
  | 'kept';

export interface ResetLane {
  /** Also the name of its namespace. */
  readonly nodeName: string;
  readonly afterwards: Afterwards;
}

/** By row, e.g. `task 3 (acquireNodeLock)`: what is wrong after it; nothing, if all is well. */
export type Problems = Readonly<Record<string, readonly string[]>>;

/**
 * Finishes one run, then resets its task and the workflow of its node to their workflow tasks, one after the other, each followed by the same
 * request again. `choose`: which of these workflow tasks.
 */
export const playResets = async (
  harness: Harness,
  lane: ResetLane,
  choose: (points: readonly ResetPoint[]) => readonly ResetPoint[],
): Promise<Problems> => {
  const { nodeName } = lane;
  const first = await endOf(await startAgain(harness, lane));
  const taskPoints = await readResetPoints(harness, toTaskWorkflowId('default', nodeName));
  const nodePoints = await readResetPoints(harness, toNodeWorkflowId('default', nodeName));
  const problems: Record<string, readonly string[]> = {
    'the first run': first.outcome === 'Decommissioned' ? [] : [`it ends as ${first.outcome}`],
  };
  const points = [...taskPoints, ...nodePoints];
  for (const point of choose(points)) {
    const ofTask = point.workflowId === taskPoints[0]?.workflowId;
    const index = (ofTask ? taskPoints : nodePoints).indexOf(point) + 1;
    const name = `${lane.afterwards}: ${ofTask ? 'task' : 'node'} ${index} (${point.does})`;
    problems[name] = await playReset(harness, lane, point);
  }
  return problems;
};

export const startAgain = (harness: Harness, { nodeName, afterwards }: ResetLane): Promise<WorkflowHandle> =>
  harness.start(
    { nodeNames: [nodeName], taskId: nodeName, hostCleanup: 'skip', deleteNode: afterwards !== 'kept' },
    { workflowId: toTaskWorkflowId('default', nodeName) },
  );

const playReset = async (harness: Harness, lane: ResetLane, point: ResetPoint): Promise<readonly string[]> => {
  const { stack } = harness;
  const { nodeName } = lane;
  if (lane.afterwards === 'rejoined') await rejoin(harness, nodeName);
  const before = await readTraces(stack, nodeName);
  const mark = stack.markAudit();
  const reset = await endOf(await resetTo(harness, point));
  await awaitAllClosed(harness, nodeName);
  const evictedCount = toAcceptedEvictions(stack.auditEvents(mark)).filter(({ pod }) =>
    pod.startsWith(`${nodeName}/`),
  ).length;
  const afterReset = judgeReset(lane, { before, reset, evictedCount, after: await readTraces(stack, nodeName) });
  const again = await endOf(await startAgain(harness, lane));
  const end = await readTraces(stack, nodeName);
  return [...afterReset, ...judgeEnd(lane, again, end)];
};

interface AfterReset {
  readonly before: NodeTraces;
  readonly reset: RunEnd;
  readonly evictedCount: number;
  readonly after: NodeTraces;
}

const judgeReset = (lane: ResetLane, { before, reset, evictedCount, after }: AfterReset): readonly string[] => {
  const what = `after the reset, which ends as ${reset.outcome} (${reset.message})`;
  const problems = after.left.map((each) => `${what}: ${each}`);
  // Its plan is of the Node that is there now: an ordinary run.
  const isNewRun = reset.outcome === 'Decommissioned' && reset.nodeUid === before.uid;
  const wanted = isNewRun && lane.afterwards === 'rejoined' ? 'gone' : before.presence;
  if (after.presence !== wanted) problems.push(`${what}: its Node is ${after.presence}, not ${wanted}`);
  if (!isNewRun && evictedCount > 0) problems.push(`${what}: ${evictedCount} pods of another Node are evicted`);
  return problems;
};

const judgeEnd = ({ afterwards }: ResetLane, again: RunEnd, end: NodeTraces): readonly string[] => {
  const what = `after the same request again, which ends as ${again.outcome} (${again.message})`;
  const problems = end.left.map((each) => `${what}: ${each}`);
  const wanted = afterwards === 'kept' ? 'cordoned' : 'gone';
  if (end.presence !== wanted) problems.push(`${what}: its Node is ${end.presence}, not ${wanted}`);
  const outcomes = afterwards === 'kept' ? ['Decommissioned'] : ['Decommissioned', 'Refused'];
  if (!outcomes.includes(again.outcome)) problems.push(what);
  return problems;
};

/** A Node of that name, with pods of its namespace on it. */
const rejoin = async ({ stack }: Harness, nodeName: string): Promise<void> => {
  if (await stack.api.find(`/api/v1/nodes/${nodeName}`)) return;
  await createPoolNode(stack, nodeName, nodeName);
  await awaitCondition(
    `pods of ${nodeName} are on it again`,
    async () => {
      const pods = await readPodsOnNode(stack, nodeName);
      if (pods.length > 0) return true;
      const elsewhere = await stack.api.list(`/api/v1/namespaces/${nodeName}/pods`);
      const isSettled = elsewhere.every(({ spec }) => spec?.['nodeName'] !== undefined);
      if (isSettled) await Promise.all(elsewhere.map(({ metadata }) => stack.api.delete(toPodPath(metadata))));
      return false;
    },
    { intervalMilliseconds: 300 },
  );
  await stack.awaitPodsReady(nodeName, '', 2);
};

const toPodPath = ({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string =>
  `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`;

/** Waits until no workflow of the task or of its node runs. */
export const awaitAllClosed = async ({ client }: Harness, nodeName: string): Promise<void> => {
  const workflowIds = [toTaskWorkflowId('default', nodeName), toNodeWorkflowId('default', nodeName)];
  await awaitCondition(
    `the workflows of ${nodeName} are closed`,
    async () => {
      const states = await Promise.all(workflowIds.map((id) => client.workflow.getHandle(id).describe()));
      return states.every(({ status }) => status.name !== 'RUNNING');
    },
    { intervalMilliseconds: 300 },
  );
};
