import type { StepName, StepStatus } from '../../../src/domain/run/report.ts';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { toNodeWorkflowId } from '../../../src/domain/run/workflow-ids.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { toAcceptedEvictions, type AcceptedEviction } from './evictions.ts';
import type { Harness, Run } from './harness.ts';
import { readPodsOnNode } from './pods-on-node.ts';

/** Many concurrent runs on few cores are slow, so they are not queried too often. */
const POLLING = { intervalMilliseconds: 300 };

/** The status of a node's step from the query `status`: of the node's own workflow once it exists, else of the task's. */
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
    POLLING,
  );
};

/** Waits until the task is in that phase. */
export const awaitPhase = async (run: Run, phase: RunStatus['phase']): Promise<void> => {
  await awaitCondition(
    `${run.workflowId} is ${phase}`,
    async () => (await run.query<RunStatus>('status')).phase === phase,
    POLLING,
  );
};

/** Evictions in a namespace that the API server has accepted since its start, in order. Reads the whole audit log: not for waits. */
export const readEvictions = ({ stack }: Harness, namespace: string): readonly AcceptedEviction[] =>
  toAcceptedEvictions(stack.auditEvents()).filter(({ pod }) => pod.startsWith(`${namespace}/`));

/** Waits until `count` of the node's pods with the label `app` are evicted: terminating or gone. */
export const awaitEvictions = async (
  { stack }: Harness,
  nodeName: string,
  app: string,
  count: number,
): Promise<void> => {
  const countRemaining = async (): Promise<number> => {
    const pods = await readPodsOnNode(stack, nodeName);
    return pods.filter(({ metadata }) => metadata.labels?.['app'] === app && metadata.deletionTimestamp === undefined)
      .length;
  };
  const before = await countRemaining();
  await awaitCondition(
    `${count} of ${before} pods of ${nodeName}/${app} are evicted`,
    async () => (await countRemaining()) <= before - count,
    POLLING,
  );
};

/** Waits until no pod is bound to the node any more. */
export const awaitEmpty = async ({ stack }: Harness, nodeName: string): Promise<void> => {
  await awaitCondition(
    `node ${nodeName} is empty`,
    async () => (await readPodsOnNode(stack, nodeName)).length === 0,
    POLLING,
  );
};

/** Waits until the Node object is gone. */
export const awaitNodeGone = async ({ stack }: Harness, nodeName: string): Promise<void> => {
  await awaitCondition(
    `node ${nodeName} is gone`,
    async () => (await stack.api.find(`/api/v1/nodes/${nodeName}`)) === undefined,
    POLLING,
  );
};
