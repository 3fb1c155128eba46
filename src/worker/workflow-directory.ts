import { lookup } from 'node:dns/promises';
import {
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import proto from '@temporalio/proto';
import { canReportProgress } from '../domain/run/drain-progress.ts';
import type { LockHolder } from '../domain/node/lock.ts';
import { findNodeReport } from '../domain/run/find-node-report.ts';
import { MEMO_POINT_OF_NO_RETURN, MEMO_REPORT, MEMO_TASK } from '../domain/run/memo-keys.ts';
import { isPointOfNoReturn } from '../domain/run/point-of-no-return.ts';
import type { NodeReport } from '../domain/run/report.ts';
import { findRegistered, type SearchAttributeName } from '../domain/run/search-attributes.ts';
import { isTaskIdentity } from '../domain/run/task-identity.ts';
import { toHost } from '../domain/run/temporal-server.ts';
import { parseTaskWorkflowId, toTaskWorkflowId } from '../domain/run/workflow-ids.ts';
import {
  TemporalAccessDenied,
  type HolderState,
  type NodeWorkflow,
  type WorkflowDirectory,
} from '../ports/workflow-directory.ts';
import { DECOMMISSION_NODE, DECOMMISSION_NODES } from '../workflows/messages.ts';
import { readDenial } from './temporal-access.ts';

/** Lets activities query the Temporal server and namespace of this worker. `address`: `host:port` of that server, if it is known. */
export const createWorkflowDirectory = (client: Client, address?: string): WorkflowDirectory => {
  const temporalNamespace = client.options.namespace;
  let namespaceId: Promise<string> | undefined;
  const readNamespaceId = (): Promise<string> => {
    namespaceId ??= describeNamespace(client, temporalNamespace);
    namespaceId.catch(() => (namespaceId = undefined));
    return namespaceId;
  };
  return {
    readPlace: async () => ({ temporalNamespaceId: await readNamespaceId(), temporalNamespace }),
    readSearchAttributes: async () => await readSearchAttributes(client, temporalNamespace),
    readServer: async () => (address === undefined ? undefined : { address, addresses: await readAddresses(address) }),
    readHolderState: async (holder, nodeWorkflowId) => {
      try {
        const isHere = holder.temporalNamespaceId === (await readNamespaceId());
        return isHere ? await readRunState(client, holder, nodeWorkflowId) : 'unknown';
      } catch {
        // `unknown` is a valid result: the holder then counts as running.
        return 'unknown';
      }
    },
    readNodeWorkflow: (nodeWorkflowId) => readNodeWorkflow(client, nodeWorkflowId),
    awaitClosed: async (workflowId, runId, signal) => {
      try {
        await client.withAbortSignal(signal, () => client.workflow.getHandle(workflowId, runId).result());
      } catch {
        // How it has closed, or whether, is read again.
      }
    },
    readRunningTaskIds: async (cluster) => {
      try {
        return await listRunningTaskIds(client, cluster);
      } catch {
        return undefined;
      }
    },
    readTaskState: async (cluster, taskId) => {
      try {
        const { status } = await client.workflow.getHandle(toTaskWorkflowId(cluster, taskId)).describe();
        return status.name === 'RUNNING' ? 'open' : 'closed';
      } catch {
        return 'unknown';
      }
    },
    readPointOfNoReturn: async (workflowId) => {
      try {
        const { memo } = await client.workflow.getHandle(workflowId).describe();
        const point = memo?.[MEMO_POINT_OF_NO_RETURN];
        return isPointOfNoReturn(point) ? point : undefined;
      } catch {
        return undefined;
      }
    },
    reportProgress: async (workflowId, runId, lines) => {
      try {
        const handle = client.workflow.getHandle(workflowId, runId);
        const { historyLength: events, historySize: bytes = 0 } = await handle.describe();
        if (canReportProgress({ events, bytes })) await handle.signal('drainPicture', lines);
      } catch {
        // Progress is only shown in the UI; the run does not depend on it and may have ended meanwhile.
      }
    },
  };
};

/** The cluster's own id would need a permission that credentials of one namespace do not have. */
const describeNamespace = async (client: Client, namespace: string): Promise<string> => {
  try {
    const { namespaceInfo } = await client.workflowService.describeNamespace({ namespace });
    return namespaceInfo?.id ?? '';
  } catch (error) {
    const denial = readDenial(error);
    if (denial === undefined) throw error;
    throw new TemporalAccessDenied(
      `the worker's credentials for Temporal may not describe namespace "${namespace}": ${denial}. ` +
        'Grant them write access to this namespace, and start again.',
    );
  }
};

/** They only make runs easier to find: without an answer, a run does without them. */
const readSearchAttributes = async (client: Client, namespace: string): Promise<readonly SearchAttributeName[]> => {
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    return findRegistered(customAttributes, proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD);
  } catch {
    return [];
  }
};

const RUNNING_TASKS = `WorkflowType IN ('${DECOMMISSION_NODES}', '${DECOMMISSION_NODE}') AND ExecutionStatus = 'Running'`;

/** Without an answer of the name service only the name is compared. */
const readAddresses = async (address: string): Promise<readonly string[]> => {
  try {
    return (await lookup(toHost(address), { all: true })).map((found) => found.address);
  } catch {
    return [];
  }
};

/** From visibility, which lags by about a second. */
const listRunningTaskIds = async (client: Client, cluster: string): Promise<readonly string[]> => {
  const taskIds: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: RUNNING_TASKS })) {
    const task = parseTaskWorkflowId(workflowId);
    if (task?.cluster === cluster && !task.dryRun) taskIds.push(task.taskId);
  }
  return taskIds;
};

/** Closed when the latest run of that id is closed or belongs to another chain, or when its retention period is over. */
const readRunState = async (
  client: Client,
  holder: LockHolder,
  nodeWorkflowId: string | undefined,
): Promise<HolderState> => {
  const described = await describeIfPresent(client, holder.workflowId);
  const firstRunId = described?.raw.workflowExecutionInfo?.firstRunId;
  const isSameChain = !firstRunId || firstRunId === holder.firstExecutionRunId;
  if (isRunning(described) && isSameChain) return 'open';
  const isNodeOpen = nodeWorkflowId !== undefined && isRunning(await describeIfPresent(client, nodeWorkflowId));
  return isNodeOpen ? 'nodeOpen' : 'closed';
};

const isRunning = (described: WorkflowExecutionDescription | undefined): boolean =>
  described?.status.name === 'RUNNING';

const describeIfPresent = async (
  client: Client,
  workflowId: string,
): Promise<WorkflowExecutionDescription | undefined> => {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
};

const readNodeWorkflow = async (client: Client, workflowId: string): Promise<NodeWorkflow> => {
  const described = await describeIfPresent(client, workflowId);
  if (described === undefined) return { kind: 'absent' };
  const { runId, memo, parentExecution } = described;
  const task = memo?.[MEMO_TASK];
  const known = { runId, ...(parentExecution !== undefined && isTaskIdentity(task) ? { task } : {}) };
  if (isRunning(described)) return { kind: 'open', ...known };
  const report = await readNodeReport(client, described);
  return { kind: 'closed', ...known, ...(report === undefined ? {} : { report }) };
};

/** From the result, the details of the failure, or the memo of a cancelled run. Undefined: it was terminated or timed out. */
const readNodeReport = async (
  client: Client,
  { workflowId, runId, memo }: WorkflowExecutionDescription,
): Promise<NodeReport | undefined> => {
  const nodeName = workflowId.split('/').at(-1) ?? '';
  try {
    return findNodeReport(nodeName, await client.workflow.getHandle(workflowId, runId).result());
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const [detail] = error.cause instanceof ApplicationFailure ? (error.cause.details ?? []) : [memo?.[MEMO_REPORT]];
    return findNodeReport(nodeName, detail);
  }
};
