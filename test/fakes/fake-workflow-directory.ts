import type { LockHolder } from '../../src/domain/node/lock.ts';
import type { WorkflowDirectory } from '../../src/ports/workflow-directory.ts';

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
  place = { temporalClusterId: 'temporal-1', temporalNamespace: 'default' };

  readPlace(): Promise<{ readonly temporalClusterId: string; readonly temporalNamespace: string }> {
    return Promise.resolve(this.place);
  }

  readHolderState(holder: LockHolder): Promise<'open' | 'closed' | 'unknown'> {
    return Promise.resolve(this.holderStates.get(holder.workflowId) ?? 'unknown');
  }

  reportProgress(workflowId: string, runId: string, lines: readonly string[]): Promise<void> {
    this.reports.push({ workflowId, runId, lines });
    return Promise.resolve();
  }
}
