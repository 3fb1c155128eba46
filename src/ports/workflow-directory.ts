import type { LockHolder } from '../domain/node/lock.ts';

/** The worker's Temporal cluster and namespace, and what it can read and signal there. */
export interface WorkflowDirectory {
  /** Identity of the Temporal cluster and namespace that this worker serves. */
  readPlace(): Promise<{ readonly temporalClusterId: string; readonly temporalNamespace: string }>;
  /** `unknown`: another Temporal, or it cannot be reached; the holder then counts as running. Never throws. */
  readHolderState(holder: LockHolder): Promise<'open' | 'closed' | 'unknown'>;
  /** Best effort: signals `drainPicture` to a running workflow. Never throws. */
  reportProgress(workflowId: string, runId: string, lines: readonly string[]): Promise<void>;
}
