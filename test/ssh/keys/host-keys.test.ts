import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { ECDSA, ED25519, toKeyLine } from '../../builders/known-keys.ts';
import { makeKey } from '../servers/keys.ts';
import type { KeyPair } from '../servers/keys.ts';
import { startScriptedServer } from '../servers/scripted-server.ts';
import type { ScriptedServer } from '../servers/scripted-server.ts';
import { catchFailure, SshScene } from '../ssh-scene.ts';

const ed25519 = makeKey();
const rsa = makeKey('rsa');

let server: ScriptedServer;
let scene: SshScene;

beforeAll(async () => {
  server = await startScriptedServer({ hostKeys: [ed25519.privateKey, rsa.privateKey] });
});

afterAll(async () => {
  await server.stop();
});

beforeEach(() => {
  scene = new SshScene();
  server.authentications = 0;
});

afterEach(async () => {
  await scene.close();
});

/** Connects with these known_hosts; `HOST` is replaced with the server's name. */
const connect = async (to: ScriptedServer, lines: readonly string[]): Promise<unknown> => {
  const text = lines.join('\n').replaceAll('HOST', `[127.0.0.1]:${to.port}`);
  return await scene.connect(scene.settingsFor(to), { settings: { knownHosts: [scene.write('other_hosts', text)] } });
};

describe('a host key that is known', () => {
  it.each<[string, readonly string[]]>([
    ['by the type that ssh2 prefers', [`HOST ${ed25519.publicLine}`]],
    ['by a type that the host does not present by default', [`HOST ${rsa.publicLine}`]],
    ['by both', [`HOST ${rsa.publicLine}`, `HOST ${ed25519.publicLine}`]],
    ['together with an old one of its type', [`HOST ${ED25519}`, `HOST ${ed25519.publicLine}`]],
    ['together with another, revoked one', [`@revoked HOST ${ED25519}`, `HOST ${ed25519.publicLine}`]],
    [
      'together with a revoked one that the host still has',
      [`@revoked * ${ed25519.publicLine}`, `HOST ${rsa.publicLine}`],
    ],
    ['together with a certificate authority', [`@cert-authority * ${ED25519}`, `HOST ${ed25519.publicLine}`]],
    ['together with an unreadable line', ['HOST', `HOST ${ed25519.publicLine}`]],
  ])('is accepted %s', async (_name, lines) => {
    await connect(server, lines);
    expect(server.authentications).toBeGreaterThan(0);
  });
});

describe('a host that is not proven', () => {
  it.each<[string, readonly string[], RegExp]>([
    [
      'unknown',
      [`other ${ed25519.publicLine}`],
      /its host key is unknown \(no line for it in \S+\/other_hosts\); verify its key/,
    ],
    ['known under its name without the port', [`127.0.0.1 ${ed25519.publicLine}`], /its host key is unknown/],
    ['excluded by a negated pattern', [`*,!HOST ${ed25519.publicLine}`], /its host key is unknown/],
    [
      'changed',
      [`HOST ${ED25519}`],
      /it presents another host key \(ssh-ed25519 SHA256:\S+\) than .*other_hosts line 1\)/,
    ],
    [
      'changed, of several',
      [`HOST ${ECDSA}`, `HOST ${toKeyLine('ssh-rsa')}`],
      /it presents another host key \(ssh-rsa SHA256/,
    ],
    [
      'revoked',
      [`HOST ${ED25519}`, `@revoked * ${ed25519.publicLine}`],
      /it presents a host key that is revoked \(ssh-ed25519/,
    ],
    [
      'revoked, with no other known key',
      [`HOST ${ed25519.publicLine}`, `@revoked HOST ${ed25519.publicLine}`],
      /every key that known_hosts has for it is revoked \(\S+other_hosts line 2\); ask/,
    ],
    [
      'known by a type that it does not have',
      [`HOST ${ECDSA}`],
      /has no host key of a type that known_hosts has for it \(ecdsa-sha2-nistp256;/,
    ],
    [
      'known by types that prove nothing',
      [`HOST ${toKeyLine('ssh-dss')}`],
      /types that are not accepted for it \(ssh-dss\)/,
    ],
    [
      'known only by an authority',
      [`@cert-authority * ${ed25519.publicLine}`],
      /only a certificate authority for it \(\S+ line 1\)/,
    ],
    [
      'behind a broken mark',
      [`HOST ${ed25519.publicLine}`, '@revoked HOST ssh-rsa x'],
      /Line 2 of \S+ has a key that is invalid.*revoke/,
    ],
    [
      'unknown, with unreadable lines',
      ['HOST', 'HOST ssh-rsa x'],
      /Unreadable lines: Line 1 of \S+ has no key.* Line 2 of/,
    ],
  ])('is refused when it is %s, without a login attempt', async (_name, lines, message) => {
    const failure = await catchFailure(connect(server, lines));
    expect(failure).toMatchObject({
      reason: 'HostKeyRefused',
      retryable: false,
      message: expect.stringMatching(message),
    });
    expect(server.authentications).toBe(0);
  });

  it('is reported with its address, its name in known_hosts, and how to verify its key', async () => {
    const failure = await catchFailure(connect(server, []));
    expect(failure.message).toBe(
      `Could not connect to the host of node "n1" (127.0.0.1:${server.port}): its host key is unknown ` +
        `(no line for it in ${join(scene.folder, 'other_hosts')}); verify its key on the ` +
        "host's own console (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`) and add it to known_hosts; its name in known_hosts is " +
        `[127.0.0.1]:${server.port}.`,
    );
  });

  it('is refused when it presents a known key and signs with another', async () => {
    const forger = await startScriptedServer({ hostKeys: [forge(ed25519, makeKey())] });
    scene.later(() => forger.stop());
    const failure = await catchFailure(connect(forger, [`HOST ${ed25519.publicLine}`]));
    expect(failure).toMatchObject({
      reason: 'HostKeyRefused',
      message: expect.stringContaining('cannot sign with it'),
    });
    expect(forger.authentications).toBe(0);
  });

  it('is refused when a known_hosts file does not exist', async () => {
    const knownHosts = [scene.write('empty', ''), '/nowhere/known_hosts'];
    const failure = await catchFailure(scene.connect(scene.settingsFor(server), { settings: { knownHosts } }));
    expect(failure).toMatchObject({
      reason: 'NotConfigured',
      message: expect.stringContaining('The known_hosts file /nowhere/known_hosts cannot be read (ENOENT)'),
    });
  });
});

describe('the algorithms offered to a host', () => {
  it('include no MAC with SHA-1', async () => {
    const old = await startScriptedServer({ algorithms: { hmac: ['hmac-sha1'], cipher: ['aes128-ctr'] } });
    scene.later(() => old.stop());
    const failure = await catchFailure(connect(old, [`HOST ${old.hostKeys.join()}`]));
    expect(failure).toMatchObject({
      reason: 'Unsupported',
      message: expect.stringContaining('none with SHA-1 is accepted'),
    });
  });

  it('include no RSA signature with SHA-1', async () => {
    const old = await startScriptedServer({
      hostKeys: [rsa.privateKey],
      algorithms: { serverHostKey: ['ssh-rsa'] },
    });
    scene.later(() => old.stop());
    const failure = await catchFailure(connect(old, [`HOST ${rsa.publicLine}`]));
    expect(failure).toMatchObject({ reason: 'HostKeyRefused', message: expect.stringContaining('ssh-rsa') });
  });
});

/** A key that presents the public part of `presented` and signs with `actual`. */
const forge = (presented: KeyPair, actual: KeyPair): { readonly key: ssh2.ParsedKey } => {
  const key = ssh2.utils.parseKey(actual.privateKey) as ssh2.ParsedKey;
  const claimed = (ssh2.utils.parseKey(presented.privateKey) as ssh2.ParsedKey).getPublicSSH();
  key.getPublicSSH = () => claimed;
  return { key };
};
