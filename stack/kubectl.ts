import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
}

export interface KubectlOptions {
  /** Given to its standard input. */
  readonly input?: string;
  /** Default: the administrator's. */
  readonly kubeconfigPath?: string;
}

/**
 * Runs kubectl to its end, with a home directory of its own: the user's settings and caches play no part.
 * An exit code other than 0 is a result, not an error.
 */
export function runKubectl(
  kubectlPath: string,
  homeDirectory: string,
  kubeconfigPath: string,
  commandArguments: readonly string[],
  input = '',
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(kubectlPath, commandArguments, {
      env: { HOME: homeDirectory, KUBECONFIG: kubeconfigPath },
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
}

function toText(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
