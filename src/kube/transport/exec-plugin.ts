import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Cluster } from '@kubernetes/client-node';

/** A user's `exec` in a kubeconfig; everything in it is unchecked. */
export interface ExecSettings {
  readonly apiVersion?: unknown;
  readonly command?: unknown;
  readonly args?: unknown;
  readonly env?: unknown;
  readonly interactiveMode?: unknown;
  readonly installHint?: unknown;
  readonly provideClusterInfo?: unknown;
}

/** What a plugin has returned. */
export interface ExecCredential {
  readonly token?: string;
  /** PEM, both or neither. */
  readonly certificate?: string;
  readonly key?: string;
  /** Milliseconds since the epoch; absent: no end is known. */
  readonly expiresAt?: number;
}

/** Why there are no credentials: a sentence without a full stop, and without anything that the plugin printed, which may be a secret. */
export class ExecPluginError extends Error {}

const STDIN = 0;
const STDERR = 2;
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** Of a run without a terminal; one that asks its user has no limit. */
const TIMEOUT_MILLISECONDS = 60_000;

/**
 * Runs a kubeconfig's credential plugin once, as client-go does (`plugin/pkg/client/auth/exec/exec.go`): the request is in the variable
 * KUBERNETES_EXEC_INFO, the response on standard output. On a terminal the plugin may ask its user; elsewhere one that needs to
 * (`interactiveMode: Always`) is not started. Its error output is shown on a terminal and dropped elsewhere.
 *
 * @throws ExecPluginError: it cannot be started, fails, runs longer than a minute without a terminal, or returns something else than credentials.
 */
export const runExecPlugin = async (settings: ExecSettings, cluster: Cluster | null): Promise<ExecCredential> => {
  const { command } = settings;
  if (typeof command !== 'string' || command === '') throw new ExecPluginError('its exec plugin has no command');
  const isInteractive = mayAsk(command, settings.interactiveMode);
  const environment = toEnvironment(settings, cluster, isInteractive);
  const output = await run(command, toTexts(settings.args), environment, isInteractive, settings.installHint);
  return toCredential(command, settings.apiVersion, output);
};

const mayAsk = (command: string, mode: unknown): boolean => {
  const isTerminal = isatty(STDIN) && isatty(STDERR);
  if (mode === 'Always' && !isTerminal) {
    throw new ExecPluginError(
      `its exec plugin "${command}" has to ask its user (interactiveMode: Always), and there is no terminal; use credentials that need no user`,
    );
  }
  return mode !== 'Never' && isTerminal;
};

const toTexts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const toEnvironment = (
  { apiVersion, env, provideClusterInfo }: ExecSettings,
  cluster: Cluster | null,
  interactive: boolean,
): NodeJS.ProcessEnv => {
  const own = (Array.isArray(env) ? env : []) as readonly { readonly name?: string; readonly value?: string }[];
  const spec = {
    interactive,
    ...(provideClusterInfo === true && cluster !== null ? { cluster: toClusterInfo(cluster) } : {}),
  };
  return {
    ...process.env,
    ...Object.fromEntries(own.map(({ name, value }) => [String(name), value ?? ''])),
    KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion, kind: 'ExecCredential', spec }),
  };
};

/** `Cluster` of client.authentication.k8s.io. */
const toClusterInfo = ({ server, caData, caFile, skipTLSVerify, tlsServerName, proxyUrl }: Cluster): object => ({
  server,
  ...(tlsServerName === undefined ? {} : { 'tls-server-name': tlsServerName }),
  ...(skipTLSVerify ? { 'insecure-skip-tls-verify': true } : {}),
  ...(caFile === undefined
    ? caData !== undefined && { 'certificate-authority-data': caData }
    : { 'certificate-authority-data': readFileSync(caFile).toString('base64') }),
  ...(proxyUrl === undefined ? {} : { 'proxy-url': proxyUrl }),
});

const run = async (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  isInteractive: boolean,
  installHint: unknown,
): Promise<string> =>
  await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env,
      stdio: [isInteractive ? 'inherit' : 'ignore', 'pipe', isatty(STDERR) ? 'inherit' : 'ignore'],
      windowsHide: true,
      ...(isInteractive ? {} : { timeout: TIMEOUT_MILLISECONDS, killSignal: 'SIGKILL' }),
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      const hint = typeof installHint === 'string' && installHint !== '' ? ` (${installHint.trim()})` : '';
      const why =
        error.code === 'ENOENT' ? `is not installed${hint}` : `cannot be started (${error.code ?? 'unknown'})`;
      reject(new ExecPluginError(`its exec plugin "${command}" ${why}`));
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      const end = code === null ? `was ended by ${signal ?? 'a signal'}` : `failed with exit code ${code}`;
      reject(new ExecPluginError(`its exec plugin "${command}" ${end}; run it in a shell to see why`));
    });
  });

const toCredential = (command: string, apiVersion: unknown, output: string): ExecCredential => {
  const answer = parse(output);
  const wrong = answer === undefined ? 'did not return an ExecCredential' : describeMistake(answer, apiVersion);
  if (wrong !== undefined) throw new ExecPluginError(`its exec plugin "${command}" ${wrong}`);
  const { token, clientCertificateData: certificate, clientKeyData: key, expirationTimestamp } = toTextsOf(answer);
  const expiresAt = Date.parse(expirationTimestamp ?? '');
  return {
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined || key === undefined ? {} : { certificate, key }),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  };
};

const describeMistake = (answer: ExecAnswer, apiVersion: unknown): string | undefined => {
  if (answer.apiVersion !== apiVersion) return 'returned another apiVersion than the kubeconfig names';
  const { token, clientCertificateData, clientKeyData } = toTextsOf(answer);
  if ((clientCertificateData === undefined) !== (clientKeyData === undefined)) {
    return 'returned only a certificate or a key, not both';
  }
  return (token ?? clientKeyData) === undefined ? 'returned neither a token nor a certificate' : undefined;
};

/** The fields of the status that are not empty. */
const toTextsOf = (answer: ExecAnswer | undefined): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(answer?.status ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' ? [[name, value]] : [],
    ),
  );

interface ExecAnswer {
  readonly apiVersion?: unknown;
  readonly status?: Readonly<Record<string, unknown>> | null;
}

const parse = (output: string): ExecAnswer | undefined => {
  try {
    const answer = JSON.parse(output) as ExecAnswer | null;
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
};
