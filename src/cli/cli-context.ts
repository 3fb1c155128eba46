import type { Command } from 'commander';
import type { ExitStatus } from './cli-failure.ts';
import type { Output, TerminalStream } from './output.ts';

/** An input that may be a terminal. */
export interface InputStream extends AsyncIterable<Buffer | string> {
  readonly isTTY?: boolean;
}

/** What a command may use of its process; tests pass their own. */
export interface CliContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly stdin: InputStream;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly interruption: AbortSignal;
  /** `node-decommission`, or `kubectl decommission` when run as a kubectl plugin. */
  readonly programName: string;
}

export type VerbAction<Arguments extends readonly unknown[], Options> = (
  output: Output,
  options: Options,
  ...positional: Arguments
) => Promise<ExitStatus>;

/** Adds its command to the program; `act` wraps an action for commander and records its exit status. */
export type AddVerb = (program: Command, context: CliContext, act: Act) => void;

export type Act = <Arguments extends readonly unknown[], Options>(
  action: VerbAction<Arguments, Options>,
) => (...values: unknown[]) => Promise<void>;
