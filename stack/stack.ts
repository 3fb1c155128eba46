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
  /** Default: Ready after 500 ms, removed 500 ms after the deletion request. */
  readonly kwok?: Partial<PodTiming>;
  /** Start Temporal too: its dev server, or all that docker-compose.yml starts; default false. */
  readonly temporal?: boolean | TemporalOptions | PostgresqlOptions;
  /**
   * Allow real nodes in addition to simulated ones; default false. Requires root. The API server then listens not on a loopback address but
   * on one that the hosts reach; no other machine does.
   */
  readonly realNodes?: boolean;
  /**
   * How long a node may send no heartbeat before it counts as not ready. Default a day: simulated nodes send none. With only real nodes,
   * set 20 so that a dead one is detected.
   */
  readonly nodeMonitorGraceSeconds?: number;
  /** Use the control plane's programs of this machine where their versions fit, and compile the others; default false: the pinned ones. */
  readonly useInstalledPrograms?: boolean;
  /** For run directories and port reservations; default: the stack's cache directory. */
  readonly baseDirectory?: string;
  /** Called with lines of text while programs are compiled and when leftovers of an earlier run are removed. */
  readonly onProgress?: (line: string) => void;
}

/** A running control plane with simulated and, optionally, real nodes, on ports that no other run uses. */
export interface Stack extends ClusterAccess, ApiServerControl, RealNodes {
  readonly runId: string;
  /** The run directory: logs as `<program>.log`, kubeconfigs, data. `stop` deletes it. */
  readonly directory: string;
  /** For files that are flushed at every write; see `RunDirectory.flushedPath`. `stop` deletes it. */
  readonly flushedDirectory: string;
  readonly programs: ProgramPaths;
  readonly ports: ControlPlanePorts;
  /** For instance `https://127.0.0.1:26443`; with real nodes another address. */
  readonly serverUrl: string;
  readonly adminKubeconfigPath: string;
  /** PEM file of the authority that signed the API server's certificate. */
  readonly certificateAuthorityPath: string;
  /** File of the private key that may log in on every real node; it exists once the first one is created. */
  readonly loginKeyPath: string;
  readonly api: KubernetesApi;
  /**
   * @throws Error when the stack was started without Temporal.
   */
  readonly temporal: TemporalServer;

  /**
   * The current end of the audit log, for `auditEvents`.
   * @throws Error when the stack has no audit log.
   */
  markAudit(): AuditMark;
  /**
   * The requests since the mark, or since the start.
   * @throws Error when the stack has no audit log.
   */
  auditEvents(since?: AuditMark): AuditEvent[];

  /** Starts a program that ends with this stack at the latest; its log is `<directory>/<name>.log`. */
  startProgram(description: ProcessDescription): ManagedProcess;

  /** Kills every process with SIGKILL and removes the run directory. May be called again. */
  stop(): Promise<void>;
}
