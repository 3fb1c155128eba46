import pMap from 'p-map';
import type { NodeTarget } from '../../domain/node/node-target.ts';
import { toRepeatedPreflights, type RepeatedPreflight } from '../../domain/preflight/repeated-preflight.ts';
import type { DecommissionRequest } from '../../domain/request/decommission-request.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import { toNodeWorkflowId } from '../../domain/run/workflow-ids.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { planTask } from './plan-task.ts';

const MAX_CONCURRENT_READS = 10;

/**
 * Makes the preflight of a task again for the nodes that start next, as the cluster is now. Changes nothing. A node whose own workflow already
 * runs, because an earlier run of the task has started it, is not refused: it may be past its point of no return.
 *
 * @param request of the task, without an expected plan; its nodes are ignored
 * @param drainingNodeNames nodes of the task that run: the pods that have not left them yet need places as well
 * @throws as `planTask`
 */
export const repeatPreflight =
  (dependencies: ActivityDependencies) =>
  async (
    context: TaskContext,
    request: DecommissionRequest,
    targets: readonly NodeTarget[],
    drainingNodeNames: readonly string[] = [],
  ): Promise<readonly RepeatedPreflight[]> => {
    const { cluster } = context;
    const isRunning = async ({ nodeName }: NodeTarget): Promise<boolean> =>
      (await dependencies.directory.readNodeWorkflow(toNodeWorkflowId(cluster, nodeName))).kind === 'open';
    const running = await pMap(targets, isRunning, { concurrency: MAX_CONCURRENT_READS });
    const starting = targets.filter((_target, index) => running[index] !== true);
    const adopted = targets.filter((_target, index) => running[index] === true);
    const exempt = adopted.map(({ nodeName }) => ({ nodeName, refusals: [], warnings: [] }));
    if (starting.length === 0) return exempt;
    const nodeNames = starting.map(({ nodeName }) => nodeName);
    const draining = [...drainingNodeNames, ...adopted.map(({ nodeName }) => nodeName)];
    const plan = await planTask(dependencies)(context, { ...request, nodeNames }, draining);
    return [...exempt, ...toRepeatedPreflights(plan, starting, draining)];
  };
