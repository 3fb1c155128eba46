import type { LockHolder } from '../../src/domain/node/lock.ts';
import type { TemporalServer } from '../../src/domain/run/temporal-server.ts';
import type { TemporalPlace, WorkflowDirectory } from '../../src/ports/workflow-directory.ts';

export interface ReportedProgress {
  readonly workflowId: string;
  readonly runId: string;
  readonly lines: readonly string[];
}

/** A Temporal with scripted workflow states that records the reported progress. */
export class FakeWorkflowDirectory implements WorkflowDirectory {
  readonly reports: ReportedProgress[] = [];
  /** By workflow id; `unknown` for all others. */
  readonly holderStates = new Map<string, 'open' | 'closed' | 'unknown'>();
  place: TemporalPlace = { temporalNamespaceId: 'namespace-1', temporalNamespace: 'default' };
  /** Thrown by `readPlace`. */
  placeFailure: Error | undefined;

  server: Omit<TemporalServer, 'isInCluster'> | undefined = { address: 'localhost:7233', addresses: ['127.0.0.1'] };

  readPlace(): Promise<TemporalPlace> {
    return this.placeFailure === undefined ? Promise.resolve(this.place) : Promise.reject(this.placeFailure);
  }

  readServer(): Promise<Omit<TemporalServer, 'isInCluster'> | undefined> {
    return Promise.resolve(this.server);
  }

  readHolderState(holder: LockHolder): Promise<'open' | 'closed' | 'unknown'> {
    return Promise.resolve(this.holderStates.get(holder.workflowId) ?? 'unknown');
  }

  reportProgress(workflowId: string, runId: string, lines: readonly string[]): Promise<void> {
    this.reports.push({ workflowId, runId, lines });
    return Promise.resolve();
  }
}
