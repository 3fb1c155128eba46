/**
 * How a command on a host ended. `unknown`: the connection was lost or the deadline passed before the end was reported: the command may
 * have done all, some or none of its work, and may still be running.
 */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'signalled'; readonly signal: string; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'unknown'; readonly message: string };

export interface ScriptCall {
  /** POSIX sh, at most 100 KiB: sent as one argument, never on stdin, where a lost connection could run half a line. */
  readonly script: string;
  /** `$1`, `$2`, …, quoted for the shell here. */
  readonly arguments?: readonly string[];
  /** Sent on stdin, which is then closed, e.g. a file to store; at most 1 MiB. */
  readonly input?: string;
  /** After this time the end is `unknown`. */
  readonly deadlineSeconds: number;
  /** The script changes nothing: for the message of an unknown end. */
  readonly readsOnly?: boolean;
}

/** A shell with root privileges on a connected host. */
export interface RemoteShell {
  /**
   * Runs a script. Each output is capped at 1 MiB (the rest is read and dropped).
   *
   * @throws HostFailure of any reason: the script was not started.
   */
  run(call: ScriptCall): Promise<CommandEnd>;
  /** Never throws. */
  close(): Promise<void>;
}
