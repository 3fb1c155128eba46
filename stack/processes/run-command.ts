import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
}

export interface CommandOptions {
  /** Given to its standard input. */
  readonly input?: string;
  /** Its whole environment; default: this process'. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Its working directory; default: this process'. */
  readonly directory?: string;
  /** It gets SIGKILL after that time; default: never. */
  readonly timeoutMilliseconds?: number;
}

/**
 * Runs a program to its end. An exit code other than 0 is a result, not an error.
 * @throws Error when it cannot be started
 */
export const runCommand = (
  command: string,
  commandArguments: readonly string[],
  { input = '', environment, directory, timeoutMilliseconds }: CommandOptions = {},
): Promise<CommandResult> => {
  return new Promise((resolve, reject) => {
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
    // It may end without having read its input; its exit code says so.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
};

/**
 * Runs a program that has to succeed.
 * @returns its standard output
 * @throws Error with the command and the end of what it said
 */
export const runSuccessfully = async (
  command: string,
  commandArguments: readonly string[],
  options: CommandOptions = {},
): Promise<string> => {
  const { stdout, stderr, exitCode } = await runCommand(command, commandArguments, options);
  if (exitCode === 0) return stdout;
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n');
  throw new Error(`"${[command, ...commandArguments].join(' ')}" ended with ${exitCode ?? 'a signal'}: ${said}`);
};

const toText = (chunks: readonly Buffer[]): string => {
  return Buffer.concat(chunks).toString('utf8');
};
