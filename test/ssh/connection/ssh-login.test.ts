import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import type { SshLogin } from '../../../src/ssh/connection/ssh-settings.ts';
import { startFakeAgent } from '../servers/fake-agent.ts';
import { makeKey } from '../servers/keys.ts';
import { startScriptedServer } from '../servers/scripted-server.ts';
import type { ScriptedServer, ServerScript } from '../servers/scripted-server.ts';
import { catchFailure, SshScene } from '../ssh-scene.ts';

let scene: SshScene;

beforeEach(() => {
  scene = new SshScene();
});

afterEach(async () => {
  await scene.close();
});

const start = async (script?: ServerScript): Promise<ScriptedServer> => {
  const server = await startScriptedServer(script);
  scene.later(() => server.stop());
  return server;
};

const login = async (server: ScriptedServer, settings: SshLogin): Promise<unknown> =>
  await scene.connect(scene.settingsFor(server), { settings: { login: settings } });

const startAgent = async (keys: Parameters<typeof startFakeAgent>[1]): Promise<string> => {
  const path = join(scene.folder, 'agent');
  const agent = await startFakeAgent(path, keys);
  scene.later(
    () =>
      new Promise<void>(
        (resolve) =>
          void agent.close(() => {
            resolve();
          }),
      ),
  );
  return path;
};

const encrypted = (): string =>
  ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 's3cret', cipher: 'aes256-cbc', rounds: 1 }).private;

/** The old encryption of a key; never decrypted, so its content does not matter. */
const OLD_ENCRYPTED = `-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

s3cretAAAA
-----END RSA PRIVATE KEY-----
`;

describe('the identity file', () => {
  it('is read again for every connection', async () => {
    const server = await start();
    const settings = scene.settingsFor(server);
    const path = scene.write('key', makeKey().privateKey);
    const overrides = { settings: { login: { kind: 'identityFile', path } as const } };
    await expect(catchFailure(scene.connect(settings, overrides))).resolves.toMatchObject({
      reason: 'AuthenticationFailed',
      message: expect.stringMatching(`rejects user "root" with the key in ${path}; add its public key`),
    });
    scene.write('key', server.clientKey.privateKey);
    await expect(scene.connect(settings, overrides)).resolves.toBeDefined();
  });

  it.each<[string, () => string, RegExp]>([
    ['is protected by a passphrase', encrypted, /is protected by a passphrase; use a key without one, or an ssh-agent/],
    ['is protected with the old encryption', () => OLD_ENCRYPTED, /is protected by a passphrase/],
    ['contains a public key', () => makeKey().publicLine, /contains a public key; set the path of the private key/],
    ['is empty', () => '', /is not a usable private key/],
    ['contains something else', () => 's3cret', /is not a usable private key/],
    ['is cut off', () => makeKey().privateKey.slice(0, 120), /is not a usable private key/],
    [
      'contains invalid content',
      () => '-----BEGIN OPENSSH PRIVATE KEY-----\ns3cretAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
      /is not a usable private key/,
    ],
  ])('cannot be used when it %s; nothing is sent', async (_name, toContent, message) => {
    const server = await start();
    const content = toContent();
    const failure = await catchFailure(login(server, { kind: 'identityFile', path: scene.write('key', content) }));
    expect(failure).toMatchObject({ reason: 'NotConfigured', message: expect.stringMatching(message) });
    expect(failure.message).toContain(join(scene.folder, 'key'));
    expect(failure.message).not.toContain('s3cret');
    expect(server.authentications).toBe(0);
  });

  it.each([
    ['does not exist', '/nowhere/id', 'ENOENT'],
    ['is a folder', '/', 'EISDIR'],
  ])('cannot be used when it %s', async (_name, path, code) => {
    const failure = await catchFailure(login(await start(), { kind: 'identityFile', path }));
    expect(failure).toMatchObject({
      reason: 'NotConfigured',
      message: expect.stringContaining(`The identity file ${path} cannot be read (${code})`),
    });
  });

  it.each(['rsa', 'ecdsa'] as const)('may contain a key of type %s', async (kind) => {
    const key = makeKey(kind);
    const server = await start({
      onAuthentication: (context) => {
        if (context.method === 'publickey') {
          context.accept();
        } else {
          context.reject();
        }
      },
    });
    await expect(
      login(server, { kind: 'identityFile', path: scene.write('key', key.privateKey) }),
    ).resolves.toBeDefined();
  });
});

describe('the ssh-agent', () => {
  it('logs in with one of its keys', async () => {
    const server = await start();
    const socket = await startAgent([makeKey(), server.clientKey]);
    await expect(login(server, { kind: 'agent', socket })).resolves.toBeDefined();
  });

  it('does not log in when none of its keys is accepted', async () => {
    const socket = await startAgent([makeKey()]);
    await expect(catchFailure(login(await start(), { kind: 'agent', socket }))).resolves.toMatchObject({
      reason: 'AuthenticationFailed',
      message: expect.stringContaining('with the keys of the ssh-agent'),
    });
  });

  it.each<[string, SshLogin, RegExp]>([
    ['SSH_AUTH_SOCK is not set', { kind: 'agent' }, /`agent: true`, but SSH_AUTH_SOCK is not set/],
    ['SSH_AUTH_SOCK is empty', { kind: 'agent', socket: '' }, /SSH_AUTH_SOCK is not set/],
    [
      'no agent responds there',
      { kind: 'agent', socket: '/nowhere/agent' },
      /the ssh-agent at SSH_AUTH_SOCK does not respond/,
    ],
  ])('cannot be used when %s', async (_name, settings, message) => {
    await expect(catchFailure(login(await start(), settings))).resolves.toMatchObject({
      reason: 'NotConfigured',
      message: expect.stringMatching(message),
    });
  });
});

describe('a rejected login', () => {
  it('includes a disconnect of sshd with a reason', async () => {
    const server = await start({
      onAuthentication: (_context, connection) => {
        // As sshd does after too many attempts.
        (connection as unknown as { readonly _protocol: { disconnect(reason: number): void } })._protocol.disconnect(2);
        connection.end();
      },
    });
    const settings = scene.settingsFor(server);
    await expect(catchFailure(scene.connect(settings))).resolves.toMatchObject({ reason: 'AuthenticationFailed' });
  });

  it('does not include a lost connection', async () => {
    const server = await start({
      onAuthentication: (_context, connection) => {
        (connection as unknown as { readonly _sock: { destroy(): void } })._sock.destroy();
      },
    });
    await expect(catchFailure(scene.connect(scene.settingsFor(server)))).resolves.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringContaining('before the login completed'),
    });
  });

  it('does not include a missing response', async () => {
    const server = await start({ onAuthentication: () => undefined });
    const settings = { ...scene.settingsFor(server), connectTimeoutSeconds: 1 };
    await expect(catchFailure(scene.connect(settings))).resolves.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringContaining('the login did not complete within 1 s'),
    });
  });
});
