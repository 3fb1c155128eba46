import type { LockHolder } from '../../src/domain/node/lock.ts';
import type { WorkflowDirectory } from '../../src/ports/workflow-directory.ts';

export interface ReportedProgress {
  readonly workflowId: string;
  readonly runId: string;
  readonly lines: readonly string[];
}

/** A Temporal that knows of each workflow what the test says, and keeps the pictures that it is told. */
export class FakeWorkflowDirectory implements WorkflowDirectory {
  readonly pictures: ReportedProgress[] = [];
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
    this.pictures.push({ workflowId, runId, lines });
    return Promise.resolve();
  }
}
