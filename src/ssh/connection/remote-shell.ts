/**
 * How a command on a host ended. `unknown`: the connection went or the deadline passed before the end was heard of: the command may have
 * done all, some or none of its work, and may still be at it.
 */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'signalled'; readonly signal: string; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'unknown'; readonly message: string };

export interface ScriptCall {
  /** POSIX sh, at most 100 KiB: sent as one argument, never on stdin, where a cut connection would run half a line. */
  readonly script: string;
  /** `$1`, `$2`, …, quoted for the shell here. */
  readonly arguments?: readonly string[];
  /** Sent on stdin and closed, e.g. a file to be stored; at most 1 MiB. */
  readonly input?: string;
  /** After it the end is `unknown`. */
  readonly deadlineSeconds: number;
}

/** A shell with root's rights on a connected host. */
export interface RemoteShell {
  /** Each output is capped at 1 MiB (the rest is read and dropped). Throws `HostFailure` only when the call never began. */
  run(call: ScriptCall): Promise<CommandEnd>;
  /** Never throws. */
  close(): Promise<void>;
}
