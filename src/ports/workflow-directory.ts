import type { LockHolder } from '../domain/node/lock.ts';

/** Where the worker stands in Temporal, and what it can ask there. */
export interface WorkflowDirectory {
  /** Identity of the Temporal cluster and namespace that this worker serves. */
  readPlace(): Promise<{ readonly temporalClusterId: string; readonly temporalNamespace: string }>;
  /** `unknown`: another Temporal, or it cannot be asked; then the holder counts as alive. Never throws. */
  readHolderState(holder: LockHolder): Promise<'open' | 'closed' | 'unknown'>;
  /** Best effort: signals `drainPicture` to a running workflow. Never throws. */
  reportProgress(workflowId: string, runId: string, lines: readonly string[]): Promise<void>;
}
