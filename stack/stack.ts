import type { KubernetesApi } from './control-plane/kubernetes-api.ts';
import type { AuditEvent, AuditMark } from './control-plane/audit-log.ts';
import type { ClusterAccess } from './control-plane/cluster-access.ts';
import type { ApiServerControl, ControlPlanePorts } from './control-plane/control-plane.ts';
import type { PodTiming } from './control-plane/pod-lifecycle.ts';
import type { RealNodes } from './hosts/real-nodes.ts';
import type { ManagedProcess, ProcessDescription } from './processes/managed-process.ts';
import type { PostgresqlOptions } from './temporal/postgresql/postgresql-stack.ts';
import type { ProgramPaths } from './programs/programs.ts';
import type { TemporalOptions, TemporalServer } from './temporal/temporal-server.ts';

export interface StackOptions {
  /** Write an audit log; default true. */
  readonly audit?: boolean;
  /** Default: ready after 500 ms, gone 500 ms after the deletion request. */
  readonly kwok?: Partial<PodTiming>;
  /** Start Temporal too: its dev server, or all that docker-compose.yml has; default false. */
  readonly temporal?: boolean | TemporalOptions | PostgresqlOptions;
  /**
   * Make room for real nodes, beside simulated ones; default false. It needs root, and the API server then listens on an address that the
   * hosts reach, which is not a loopback address: nobody else does.
   */
  readonly realNodes?: boolean;
  /**
   * How long a node may be silent until it counts as not ready. Default a day: simulated nodes send no heartbeats. Where there are only
   * real nodes, 20 lets a dead one be noticed.
   */
  readonly nodeMonitorGraceSeconds?: number;
  /** Holds run directories and port reservations; default: the stack's cache directory. */
  readonly baseDirectory?: string;
  /** Takes lines of text while programs are compiled and when leftovers of an earlier run are cleared away. */
  readonly onProgress?: (line: string) => void;
}

/** A running control plane with simulated nodes and, if asked for, real ones, on ports that no other run has. */
export interface Stack extends ClusterAccess, ApiServerControl, RealNodes {
  readonly runId: string;
  /** The run directory: logs as `<program>.log`, kubeconfigs, data. It goes with `stop`. */
  readonly directory: string;
  readonly programs: ProgramPaths;
  readonly ports: ControlPlanePorts;
  /** For instance `https://127.0.0.1:26443`; with real nodes another address. */
  readonly serverUrl: string;
  readonly adminKubeconfigPath: string;
  /** PEM file of the authority that signed the API server's certificate. */
  readonly certificateAuthorityPath: string;
  /** File of the private key that may log in on every real node; it is there once the first one is made. */
  readonly loginKeyPath: string;
  readonly api: KubernetesApi;
  /** @throws Error when the stack was started without Temporal */
  readonly temporal: TemporalServer;

  /** The end of the audit log now, to be given to `auditEvents`. @throws Error when the stack has no audit log */
  markAudit(): AuditMark;
  /** What was requested since the mark, or since the start. @throws Error when the stack has no audit log */
  auditEvents(since?: AuditMark): AuditEvent[];

  /** Starts a program that lives no longer than this stack; its log is `<directory>/<name>.log`. */
  startProgram(description: ProcessDescription): ManagedProcess;

  /** Ends every process with SIGKILL and removes the run directory. May be called again. */
  stop(): Promise<void>;
}
