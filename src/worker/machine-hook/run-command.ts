import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { CommandCall } from '../../config/machine-hook-settings.ts';
import { isSecretKey } from '../../domain/request/unknown-key.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
import type { HookInput } from '../../ports/machine-hook.ts';
import { MAX_FAILURE_LENGTH, toHookFailure } from './hook-failure.ts';
import { MAX_OUTPUT_BYTES, toAnswer } from './to-answer.ts';

const MAX_ANSWER_LENGTH = 2000;
const KILL_AFTER_MILLISECONDS = 5000;
/** What the program has started may keep its output open. */
const OUTPUT_AFTER_EXIT_MILLISECONDS = 1000;

type Program = ChildProcessByStdio<null, Readable, Readable>;

/**
 * Runs the program, with `input` in environment variables beside those of this process; exit code 0 is success. It is ended with all that it
 * has started when its time is over, or after `signal`. Returns the beginning of its standard output, without values of variables whose names
 * are typical of secrets.
 *
 * @throws DecommissionFailure `MachineNotEnded`, retryable
 * @throws Error `AbortError` after `signal`
 */
export const runCommand = async (
  { program, arguments: words }: CommandCall,
  timeoutSeconds: number,
  input: HookInput,
  signal: AbortSignal,
): Promise<string> => {
  signal.throwIfAborted();
  const secrets = toSecrets(process.env);
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  const child = spawn(program, words, {
    env: { ...process.env, ...toEnvironment(input) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, which can be ended as a whole.
    detached: true,
  });
  const end = await awaitEnd(child, AbortSignal.any([signal, timeout]));
  signal.throwIfAborted();
  if (end.code === 0) return toAnswer(end.output, secrets, MAX_ANSWER_LENGTH);
  const shown = toAnswer(end.errors === '' ? end.output : end.errors, secrets, MAX_FAILURE_LENGTH);
  const what = timeout.aborted ? `${program} did not end in ${timeoutSeconds} s` : `${program} ${end.how}`;
  throw toHookFailure(input, what, { shown });
};

const toEnvironment = (input: HookInput): Readonly<Record<string, string>> => ({
  NODE_DECOMMISSION_CLUSTER: input.cluster,
  NODE_DECOMMISSION_TASK_ID: input.taskId,
  NODE_DECOMMISSION_NODE_NAME: input.nodeName,
  NODE_DECOMMISSION_NODE_UID: input.nodeUid,
  NODE_DECOMMISSION_OPERATION_ID: input.operationId,
  NODE_DECOMMISSION_PROVIDER_ID: input.providerID,
  NODE_DECOMMISSION_INSTANCE_ID: input.instanceId,
});

const toSecrets = (environment: NodeJS.ProcessEnv): readonly string[] =>
  Object.entries(environment).flatMap(([name, value]) => (isSecretKey(name) && value ? [value] : []));

interface End {
  /** Undefined: it was not started, or was ended by a signal. */
  readonly code?: number;
  /** E.g. `failed with exit code 3`. */
  readonly how: string;
  readonly output: string;
  readonly errors: string;
}

const awaitEnd = async (child: Program, signal: AbortSignal): Promise<End> => {
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const stop = (): void => {
    endGroup(child);
  };
  signal.addEventListener('abort', stop);
  try {
    const end = await new Promise<Pick<End, 'code' | 'how'>>((resolve) => {
      child.on('error', (error) => {
        resolve({ how: `cannot be started (${readErrorCode(error) ?? 'unknown cause'})` });
      });
      child.on('exit', (code, name) => {
        const closed = (): void => {
          resolve(code === null ? { how: `was ended by ${name ?? 'a signal'}` } : toExit(code));
        };
        child.on('close', closed);
        setTimeout(closed, OUTPUT_AFTER_EXIT_MILLISECONDS).unref();
      });
    });
    return { ...end, output: output(), errors: errors() };
  } finally {
    signal.removeEventListener('abort', stop);
    child.stdout.destroy();
    child.stderr.destroy();
  }
};

const toExit = (code: number): Pick<End, 'code' | 'how'> => ({ code, how: `failed with exit code ${code}` });

/** Collects the beginning; the rest is read and dropped, so that the program does not wait. */
const collect = (stream: Readable): (() => string) => {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    if (length < MAX_OUTPUT_BYTES) chunks.push(chunk);
    length += chunk.length;
  });
  return () => Buffer.concat(chunks).subarray(0, MAX_OUTPUT_BYTES).toString('utf8');
};

const endGroup = ({ pid }: Program): void => {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => {
    signalGroup(pid, 'SIGKILL');
  }, KILL_AFTER_MILLISECONDS).unref();
};

const signalGroup = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (readErrorCode(error) !== 'ESRCH') throw error;
  }
};
