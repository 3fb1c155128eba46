import type { LockHolder } from '../domain/node/lock.ts';
import type { TemporalServer } from '../domain/run/temporal-server.ts';

/** The worker's Temporal cluster and namespace, and what it can read and signal there. */
export interface WorkflowDirectory {
  /** Identity of the Temporal cluster and namespace that this worker serves. */
  readPlace(): Promise<{ readonly temporalClusterId: string; readonly temporalNamespace: string }>;
  /** The server that this worker is connected to; `undefined`: its address is unknown. Never throws. */
  readServer(): Promise<Omit<TemporalServer, 'isInCluster'> | undefined>;
  /** `unknown`: another Temporal, or it cannot be reached; the holder then counts as running. Never throws. */
  readHolderState(holder: LockHolder): Promise<'open' | 'closed' | 'unknown'>;
  /** Best effort: signals `drainPicture` to a running workflow. Never throws. */
  reportProgress(workflowId: string, runId: string, lines: readonly string[]): Promise<void>;
}
