import {
  judgeRemovedNode,
  readOperationId,
  type HostOfName,
  type RemovedNodeJudgement,
  type RunOfNode,
} from '../../domain/janitor/find-removed-node.ts';
import { toNodeWorkflowId } from '../../domain/run/workflow-ids.ts';
import type { Hosts } from '../../ports/host.ts';
import { isHostFailure } from '../../ports/host-failure.ts';
import type { WorkflowDirectory } from '../../ports/workflow-directory.ts';
import { withHost } from '../host/with-proven-host.ts';

/** What Temporal knows about the workflow of a node. */
export type KnownRuns = Pick<WorkflowDirectory, 'readNodeWorkflow' | 'readPointOfNoReturn' | 'readPlace'>;

export interface RemovedNodeSources {
  /** Of the cluster, in the configuration. */
  readonly clusterName: string;
  /** Absent: Temporal cannot be reached. */
  readonly runs: KnownRuns | undefined;
  /** Absent: hosts are not read. */
  readonly hosts: Hosts | undefined;
}

export interface FoundRemovedNode {
  readonly judgement: RemovedNodeJudgement;
  /** What could not be read, as phrases. */
  readonly notChecked: readonly string[];
}

/**
 * What a run has left unfinished on the host of a node that has no Node any more, from its workflow and from the records on the host. Reads
 * only. Never throws for a host or a Temporal that does not answer: `notChecked` names it.
 */
export const readRemovedNode = async (
  { clusterName, runs, hosts }: RemovedNodeSources,
  nodeName: string,
): Promise<FoundRemovedNode> => {
  const [{ run, failure }, host] = await Promise.all([readRun(runs, clusterName, nodeName), readHost(hosts, nodeName)]);
  return {
    judgement: judgeRemovedNode({ nodeName, run, host }),
    notChecked: [
      ...(failure === undefined ? [] : [`the workflow of node ${nodeName} (${failure})`]),
      ...(host.kind === 'read' ? [] : [`the host of node ${nodeName} (${host.why})`]),
    ],
  };
};

interface RunResult {
  readonly run: RunOfNode;
  readonly failure?: string;
}

const readRun = async (runs: KnownRuns | undefined, clusterName: string, nodeName: string): Promise<RunResult> => {
  if (runs === undefined) return { run: { kind: 'unknown' } };
  try {
    return { run: await readKnownRun(runs, toNodeWorkflowId(clusterName, nodeName)) };
  } catch (error) {
    return { run: { kind: 'unknown' }, failure: error instanceof Error ? error.message : String(error) };
  }
};

const readKnownRun = async (runs: KnownRuns, workflowId: string): Promise<RunOfNode> => {
  const found = await runs.readNodeWorkflow(workflowId);
  if (found.kind === 'absent') return { kind: 'absent' };
  if (found.kind === 'open') return { kind: 'running' };
  if (found.report !== undefined) return { kind: 'reported' };
  const { temporalNamespace } = await runs.readPlace();
  const point = await runs.readPointOfNoReturn(workflowId);
  return {
    kind: 'stopped',
    workflowId,
    temporalNamespace,
    ...(found.task === undefined ? {} : { taskId: found.task.taskId }),
    ...(point === undefined ? {} : { point }),
  };
};

const readHost = async (hosts: Hosts | undefined, nodeName: string): Promise<HostOfName> => {
  if (hosts === undefined) return { kind: 'notRead', why: 'hosts are left out' };
  if (hosts.findKubeletUnits(nodeName) === undefined)
    return { kind: 'notRead', why: 'the configuration has no connection settings for it under `hosts`' };
  try {
    // Without a Node only the configuration has its address.
    return await withHost({ hosts }, { nodeName, addresses: [] }, async (host, kubeletUnits) => {
      const read: HostOfName = { kind: 'read', facts: await host.readFacts(kubeletUnits), kubeletUnits };
      const operationId = readOperationId(nodeName, read);
      if (operationId === undefined) return read;
      const stopKubelet = await host.readStage('stopKubelet', operationId);
      return { ...read, stages: { stopKubelet, cleanHost: await host.readStage('cleanHost', operationId) } };
    });
  } catch (error) {
    if (!isHostFailure(error)) throw error;
    return { kind: 'notRead', why: error.message };
  }
};
