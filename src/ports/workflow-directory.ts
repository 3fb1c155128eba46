import type { LockHolder } from '../domain/node/lock.ts';
import type { TemporalServer } from '../domain/run/temporal-server.ts';

/** The worker's credentials for Temporal do not allow a call. */
export class TemporalAccessDenied extends Error {
  override readonly name = 'TemporalAccessDenied';
}

/** Where workflows run. */
export interface TemporalPlace {
  /** UUID of the namespace, the same after a restart of the server. */
  readonly temporalNamespaceId: string;
  readonly temporalNamespace: string;
}

/** The worker's Temporal namespace, and what it can read and signal there. */
export interface WorkflowDirectory {
  /**
   * The namespace that this worker serves.
   * @throws TemporalAccessDenied its credentials may not describe the namespace.
   * @throws Error of the Temporal client: the server does not respond.
   */
  readPlace(): Promise<TemporalPlace>;
  /** The server that this worker is connected to; `undefined`: its address is unknown. Never throws. */
  readServer(): Promise<Omit<TemporalServer, 'isInCluster'> | undefined>;
  /** `unknown`: another Temporal, or it cannot be reached; the holder then counts as running. Never throws. */
  readHolderState(holder: LockHolder): Promise<'open' | 'closed' | 'unknown'>;
  /** Best effort: signals `drainPicture` to a running workflow. Never throws. */
  reportProgress(workflowId: string, runId: string, lines: readonly string[]): Promise<void>;
}
