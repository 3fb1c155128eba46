import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runExecPlugin, type ExecSettings } from '../../../src/kube/transport/exec-plugin.ts';

const API_VERSION = 'client.authentication.k8s.io/v1';
const CLUSTER = { name: 'c', server: 'https://api.example', caData: 'Q0E=', skipTLSVerify: false };

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'exec-plugin-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const plugin = (script: string, settings: Partial<ExecSettings> = {}): ExecSettings => ({
  apiVersion: API_VERSION,
  command: '/bin/sh',
  args: ['-c', script],
  ...settings,
});

const returning = (status: object, apiVersion = API_VERSION): string =>
  `echo '${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}'`;

describe('runExecPlugin', () => {
  it.each<[string, object, object]>([
    ['a token', { token: 't' }, { token: 't' }],
    [
      'a token with its end',
      { token: 't', expirationTimestamp: '2026-01-02T03:04:05Z' },
      { token: 't', expiresAt: Date.UTC(2026, 0, 2, 3, 4, 5) },
    ],
    ['a certificate', { clientCertificateData: 'C', clientKeyData: 'K' }, { certificate: 'C', key: 'K' }],
  ])('returns %s', async (_name, status, credential) => {
    expect(await runExecPlugin(plugin(returning(status)), CLUSTER)).toEqual(credential);
  });

  it('passes its variables and the request for credentials', async () => {
    const script = `printf '%s %s' "$REGION" "$KUBERNETES_EXEC_INFO" >${folder}/environment; ${returning({ token: 't' })}`;
    const env = [{ name: 'REGION', value: 'eu-1' }];
    await runExecPlugin(plugin(script, { env, provideClusterInfo: true }), CLUSTER);
    const [region, info = ''] = readFileSync(join(folder, 'environment'), 'utf8').split(/ (.*)/);
    expect(region).toBe('eu-1');
    expect(JSON.parse(info)).toEqual({
      apiVersion: API_VERSION,
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: 'https://api.example', 'certificate-authority-data': 'Q0E=' } },
    });
  });

  it('does not start a plugin that has to ask its user, without a terminal', async () => {
    const settings = plugin(`touch ${folder}/asked`, { interactiveMode: 'Always' });
    await expect(runExecPlugin(settings, CLUSTER)).rejects.toThrow(/has to ask its user.*no terminal/);
    expect(existsSync(join(folder, 'asked'))).toBe(false);
  });

  it.each<[string, ExecSettings, string]>([
    ['fails', plugin('echo secret-text; exit 3'), 'exec plugin "/bin/sh" failed with exit code 3'],
    ['is killed', plugin('kill -KILL $$'), 'was ended by SIGKILL'],
    ['returns text', plugin('echo secret-text'), 'did not return an ExecCredential'],
    ['returns nothing', plugin('true'), 'did not return an ExecCredential'],
    ['returns another version', plugin(returning({ token: 'secret-text' }, 'v0')), 'returned another apiVersion'],
    ['returns no credentials', plugin(returning({})), 'returned neither a token nor a certificate'],
    ['returns a key only', plugin(returning({ clientKeyData: 'secret-text' })), 'only a certificate or a key'],
    [
      'is not installed',
      plugin('', { command: 'no-such-plugin', installHint: 'see https://example.com' }),
      'exec plugin "no-such-plugin" is not installed (see https://example.com)',
    ],
    ['has no command', { apiVersion: API_VERSION }, 'has no command'],
  ])('names what is wrong, and never what was printed, when it %s', async (_name, settings, message) => {
    const failure = await runExecPlugin(settings, CLUSTER).catch((error: unknown) => String(error));
    expect(failure).toContain(message);
    expect(failure).not.toContain('secret-text');
  });
});
