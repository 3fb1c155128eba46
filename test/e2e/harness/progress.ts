import type { StepName, StepStatus } from '../../../src/domain/report.ts';
import type { RunStatus } from '../../../src/domain/status.ts';
import { toNodeWorkflowId } from '../../../src/domain/names.ts';
import { awaitCondition } from '../../../stack/await-condition.ts';
import { toAcceptedEvictions } from './evictions.ts';
import type { Harness, Run } from './harness.ts';

const TIMEOUT = { timeoutMilliseconds: 60_000, intervalMilliseconds: 100 };

/** What the query `status` says of a node's step: in the node's own workflow once there is one, else in the task's. */
export const readStepStatus = async (
  harness: Harness,
  run: Run,
  nodeName: string,
  stepName: StepName,
): Promise<StepStatus | undefined> => {
  const task = await run.query<RunStatus>('status');
  const node = task.nodes.find((each) => each.nodeName === nodeName);
  if (node?.outcome === undefined && node?.childWorkflowId !== undefined) {
    const child = harness.client.workflow.getHandle(toNodeWorkflowId('default', nodeName), node.childRunId);
    const status = await child.query<RunStatus>('status');
    return status.nodes[0]?.steps.find(({ name }) => name === stepName)?.status;
  }
  return node?.steps.find(({ name }) => name === stepName)?.status;
};

/** Waits until the node's step has that status. */
export const awaitStep = async (
  harness: Harness,
  run: Run,
  nodeName: string,
  stepName: StepName,
  wanted: StepStatus = 'Running',
): Promise<void> => {
  await awaitCondition(
    `${stepName} of ${nodeName} is ${wanted}`,
    async () => (await readStepStatus(harness, run, nodeName, stepName)) === wanted,
    TIMEOUT,
  );
};

/** Waits until the task is in that phase. */
export const awaitPhase = async (run: Run, phase: RunStatus['phase']): Promise<void> => {
  await awaitCondition(
    `${run.workflowId} is ${phase}`,
    async () => (await run.query<RunStatus>('status')).phase === phase,
    TIMEOUT,
  );
};

/** UIDs of the pods of a namespace whose eviction the API server has accepted since its start, in order. */
export const readEvictedUids = ({ stack }: Harness, namespace: string): readonly string[] =>
  toAcceptedEvictions(stack.auditEvents())
    .filter(({ pod }) => pod.startsWith(`${namespace}/`))
    .map(({ uid }) => uid);

/** Waits until the API server has accepted at least so many evictions in the namespace. */
export const awaitEvictions = async (harness: Harness, namespace: string, count: number): Promise<void> => {
  await awaitCondition(
    `${count} evictions in ${namespace} are accepted`,
    () => readEvictedUids(harness, namespace).length >= count,
    TIMEOUT,
  );
};
