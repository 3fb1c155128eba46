import { lookup } from 'node:dns/promises';
import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { canReportProgress } from '../domain/run/drain-progress.ts';
import type { LockHolder } from '../domain/node/lock.ts';
import { toHost } from '../domain/run/temporal-server.ts';
import { withoutFullStop } from '../domain/text/join-sentences.ts';
import { TemporalAccessDenied, type WorkflowDirectory } from '../ports/workflow-directory.ts';

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
    readServer: async () => (address === undefined ? undefined : { address, addresses: await readAddresses(address) }),
    readHolderState: async (holder) => {
      try {
        const isHere = holder.temporalNamespaceId === (await readNamespaceId());
        return isHere ? await readRunState(client, holder) : 'unknown';
      } catch {
        // `unknown` is a valid result: the holder then counts as running.
        return 'unknown';
      }
    },
    reportProgress: async (workflowId, runId, lines) => {
      try {
        const handle = client.workflow.getHandle(workflowId, runId);
        const { historyLength } = await handle.describe();
        if (canReportProgress(historyLength)) await handle.signal('drainPicture', lines);
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
    if (!isGrpcServiceError(error) || !DENIALS.includes(error.code)) throw error;
    throw new TemporalAccessDenied(
      `the worker's credentials for Temporal may not describe namespace "${namespace}": ${withoutFullStop(error.details)}. ` +
        'Grant them write access to this namespace, and start again.',
    );
  }
};

/** gRPC status codes: PERMISSION_DENIED and UNAUTHENTICATED. */
const DENIALS: readonly number[] = [7, 16];

/** Without an answer of the name service only the name is compared. */
const readAddresses = async (address: string): Promise<readonly string[]> => {
  try {
    return (await lookup(toHost(address), { all: true })).map((found) => found.address);
  } catch {
    return [];
  }
};

/** Closed when the latest run of that id is closed or belongs to another chain, or when its retention period is over. */
const readRunState = async (client: Client, holder: LockHolder): Promise<'open' | 'closed'> => {
  try {
    const handle = client.workflow.getHandle(holder.workflowId);
    const { status, raw } = await handle.describe();
    const firstRunId = raw.workflowExecutionInfo?.firstRunId;
    const isSameChain = !firstRunId || firstRunId === holder.firstExecutionRunId;
    return status.name === 'RUNNING' && isSameChain ? 'open' : 'closed';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'closed';
    throw error;
  }
};
