import type { LockHolder } from '../../src/domain/node/lock.ts';
import type { PointOfNoReturn } from '../../src/domain/run/point-of-no-return.ts';
import type { SearchAttributeName } from '../../src/domain/run/search-attributes.ts';
import type { TemporalServer } from '../../src/domain/run/temporal-server.ts';
import type {
  HolderState,
  NodeWorkflow,
  TemporalPlace,
  WorkflowDirectory,
} from '../../src/ports/workflow-directory.ts';

export interface ReportedProgress {
  readonly workflowId: string;
  readonly runId: string;
  readonly lines: readonly string[];
}

/** A Temporal with scripted workflow states that records the reported progress. */
export class FakeWorkflowDirectory implements WorkflowDirectory {
  readonly reports: ReportedProgress[] = [];
  /** By workflow id; `unknown` for all others. */
  readonly holderStates = new Map<string, HolderState>();
  /** By workflow id; `absent` for all others. A list is answered one by one; its last entry repeatedly. */
  readonly nodeWorkflows = new Map<string, readonly NodeWorkflow[]>();
  /** Undefined: they cannot be listed. */
  runningTaskIds: readonly string[] | undefined = [];
  /** By task id; `unknown` for all others. */
  readonly taskStates = new Map<string, Exclude<HolderState, 'nodeOpen'>>();
  /** By workflow id. */
  readonly passedPoints = new Map<string, PointOfNoReturn>();
  place: TemporalPlace = { temporalNamespaceId: 'namespace-1', temporalNamespace: 'default' };
  /** Thrown by `readPlace`. */
  placeFailure: Error | undefined;

  searchAttributes: readonly SearchAttributeName[] = [];

  server: Omit<TemporalServer, 'isInCluster'> | undefined = { address: 'localhost:7233', addresses: ['127.0.0.1'] };

  readPlace(): Promise<TemporalPlace> {
    return this.placeFailure === undefined ? Promise.resolve(this.place) : Promise.reject(this.placeFailure);
  }

  readSearchAttributes(): Promise<readonly SearchAttributeName[]> {
    return Promise.resolve(this.searchAttributes);
  }

  readServer(): Promise<Omit<TemporalServer, 'isInCluster'> | undefined> {
    return Promise.resolve(this.server);
  }

  readHolderState(holder: LockHolder, nodeWorkflowId = ''): Promise<HolderState> {
    const state = this.holderStates.get(holder.workflowId) ?? 'unknown';
    const isNodeOpen = this.nodeWorkflows.get(nodeWorkflowId)?.[0]?.kind === 'open';
    return Promise.resolve(state === 'closed' && isNodeOpen ? 'nodeOpen' : state);
  }

  readNodeWorkflow(nodeWorkflowId: string): Promise<NodeWorkflow> {
    const [first = { kind: 'absent' } as const, ...others] = this.nodeWorkflows.get(nodeWorkflowId) ?? [];
    if (others.length > 0) this.nodeWorkflows.set(nodeWorkflowId, others);
    return Promise.resolve(first);
  }

  awaitClosed(): Promise<void> {
    return Promise.resolve();
  }

  readRunningTaskIds(): Promise<readonly string[] | undefined> {
    return Promise.resolve(this.runningTaskIds);
  }

  readTaskState(_cluster: string, taskId: string): Promise<Exclude<HolderState, 'nodeOpen'>> {
    return Promise.resolve(this.taskStates.get(taskId) ?? 'unknown');
  }

  readPointOfNoReturn(workflowId: string): Promise<PointOfNoReturn | undefined> {
    return Promise.resolve(this.passedPoints.get(workflowId));
  }

  reportProgress(workflowId: string, runId: string, lines: readonly string[]): Promise<void> {
    this.reports.push({ workflowId, runId, lines });
    return Promise.resolve();
  }
}
