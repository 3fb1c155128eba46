import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
}

export interface CommandOptions {
  /** Written to its standard input. */
  readonly input?: string;
  /** Its whole environment; default: that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Its working directory; default: that of this process. */
  readonly directory?: string;
  /** Time after which it is killed with SIGKILL; default: never. */
  readonly timeoutMilliseconds?: number;
}

/**
 * Runs a program until it exits. An exit code other than 0 is a result, not an error.
 * @throws Error when it cannot be started.
 */
export const runCommand = (
  command: string,
  commandArguments: readonly string[],
  { input = '', environment, directory, timeoutMilliseconds }: CommandOptions = {},
): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      ...(environment === undefined ? {} : { env: { ...environment } }),
      ...(directory === undefined ? {} : { cwd: directory }),
      ...(timeoutMilliseconds === undefined ? {} : { timeout: timeoutMilliseconds, killSignal: 'SIGKILL' as const }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ stdout: toText(stdout), stderr: toText(stderr), exitCode });
    });
    // The program may exit without reading its input; its exit code shows whether it failed.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });

/**
 * Runs a program that must exit with code 0.
 * @returns its standard output
 * @throws Error with the command and the end of its output: it did not exit with code 0.
 */
export const runSuccessfully = async (
  command: string,
  commandArguments: readonly string[],
  options: CommandOptions = {},
): Promise<string> => {
  const { stdout, stderr, exitCode } = await runCommand(command, commandArguments, options);
  if (exitCode === 0) return stdout;
  const ending = exitCode === null ? 'was killed by a signal' : `exited with code ${exitCode}`;
  const outputEnd = `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n');
  throw new Error(`"${[command, ...commandArguments].join(' ')}" ${ending}: ${outputEnd}`);
};

const toText = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');
