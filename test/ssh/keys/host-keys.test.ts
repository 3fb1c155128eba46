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

/** Connects with these known_hosts; `HOST` stands for the server's name. */
const connect = async (to: ScriptedServer, lines: readonly string[]): Promise<unknown> => {
  const text = lines.join('\n').replaceAll('HOST', `[127.0.0.1]:${to.port}`);
  return await scene.connect(scene.settingsFor(to), { settings: { knownHosts: [scene.write('other_hosts', text)] } });
};

describe('a host key that is known', () => {
  it.each<[string, readonly string[]]>([
    ['by the type that ssh2 likes best', [`HOST ${ed25519.publicLine}`]],
    ['by a type that the host would not have shown of itself', [`HOST ${rsa.publicLine}`]],
    ['by both', [`HOST ${rsa.publicLine}`, `HOST ${ed25519.publicLine}`]],
    ['beside an old one of its type', [`HOST ${ED25519}`, `HOST ${ed25519.publicLine}`]],
    ['beside a revoked other one', [`@revoked HOST ${ED25519}`, `HOST ${ed25519.publicLine}`]],
    ['beside a revoked one that the host still has', [`@revoked * ${ed25519.publicLine}`, `HOST ${rsa.publicLine}`]],
    ['beside a certificate authority', [`@cert-authority * ${ED25519}`, `HOST ${ed25519.publicLine}`]],
    ['beside a line that cannot be read', ['HOST', `HOST ${ed25519.publicLine}`]],
  ])('lets us in %s', async (_name, lines) => {
    await connect(server, lines);
    expect(server.authentications).toBeGreaterThan(0);
  });
});

describe('a host that is not proven', () => {
  it.each<[string, readonly string[], RegExp]>([
    [
      'unknown',
      [`other ${ed25519.publicLine}`],
      /its host key is not known \(no line for it in \S+\/other_hosts\); add a key/,
    ],
    ['known under its name without the port', [`127.0.0.1 ${ed25519.publicLine}`], /its host key is not known/],
    ['excluded by a negated pattern', [`*,!HOST ${ed25519.publicLine}`], /its host key is not known/],
    [
      'changed',
      [`HOST ${ED25519}`],
      /it shows another host key \(ssh-ed25519 SHA256:\S+\) than .*other_hosts line 1\)/,
    ],
    [
      'changed, of several',
      [`HOST ${ECDSA}`, `HOST ${toKeyLine('ssh-rsa')}`],
      /it shows another host key \(ssh-rsa SHA256/,
    ],
    [
      'revoked',
      [`HOST ${ED25519}`, `@revoked * ${ed25519.publicLine}`],
      /it shows a host key that was revoked \(ssh-ed25519/,
    ],
    [
      'revoked, and nothing else is known of it',
      [`HOST ${ed25519.publicLine}`, `@revoked HOST ${ed25519.publicLine}`],
      /every key that is known for it was revoked \(\S+other_hosts line 2\); ask/,
    ],
    [
      'known by a type that it does not have',
      [`HOST ${ECDSA}`],
      /has no host key of a type that is known for it \(ecdsa-sha2-nistp256;/,
    ],
    ['known by types that prove nothing', [`HOST ${toKeyLine('ssh-dss')}`], /types that are not accepted \(ssh-dss\)/],
    [
      'known by an authority alone',
      [`@cert-authority * ${ed25519.publicLine}`],
      /by a certificate authority only \(\S+ line 1\)/,
    ],
    [
      'behind a broken mark',
      [`HOST ${ed25519.publicLine}`, '@revoked HOST ssh-rsa x'],
      /Line 2 of \S+ has a key that is broken.*revoke/,
    ],
    [
      'unknown, with lines that cannot be read',
      ['HOST', 'HOST ssh-rsa x'],
      /Besides: Line 1 of \S+ has no key.* Line 2 of/,
    ],
  ])('is refused when it is %s, and hears nothing of us', async (_name, lines, message) => {
    const failure = await catchFailure(connect(server, lines));
    expect(failure).toMatchObject({
      reason: 'HostKeyRefused',
      retryable: false,
      message: expect.stringMatching(message),
    });
    expect(server.authentications).toBe(0);
  });

  it('names the host, the name to write, and how to compare', async () => {
    const failure = await catchFailure(connect(server, []));
    expect(failure.message).toBe(
      `Could not connect to the host of node "n1" (127.0.0.1:${server.port}): its host key is not known ` +
        `(no line for it in ${join(scene.folder, 'other_hosts')}); add a key of it to known_hosts that was compared on the ` +
        "host's own console (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`); known_hosts calls it " +
        `[127.0.0.1]:${server.port}.`,
    );
  });

  it('is refused when it shows a known key and signs with another', async () => {
    const forger = await startScriptedServer({ hostKeys: [forge(ed25519, makeKey())] });
    scene.later(() => forger.stop());
    const failure = await catchFailure(connect(forger, [`HOST ${ed25519.publicLine}`]));
    expect(failure).toMatchObject({
      reason: 'HostKeyRefused',
      message: expect.stringContaining('without holding its private part'),
    });
    expect(forger.authentications).toBe(0);
  });

  it('is refused when a file of known_hosts is not there', async () => {
    const knownHosts = [scene.write('empty', ''), '/nowhere/known_hosts'];
    const failure = await catchFailure(scene.connect(scene.settingsFor(server), { settings: { knownHosts } }));
    expect(failure).toMatchObject({
      reason: 'NotConfigured',
      message: expect.stringContaining('The known_hosts file /nowhere/known_hosts cannot be read (ENOENT)'),
    });
  });
});

describe('what is offered to a host', () => {
  it('has no MAC with SHA-1', async () => {
    const old = await startScriptedServer({ algorithms: { hmac: ['hmac-sha1'], cipher: ['aes128-ctr'] } });
    scene.later(() => old.stop());
    const failure = await catchFailure(connect(old, [`HOST ${old.hostKeys.join()}`]));
    expect(failure).toMatchObject({ reason: 'Unsupported', message: expect.stringContaining('nothing with SHA-1') });
  });

  it('has no RSA signature with SHA-1', async () => {
    const old = await startScriptedServer({
      hostKeys: [rsa.privateKey],
      algorithms: { serverHostKey: ['ssh-rsa'] },
    });
    scene.later(() => old.stop());
    const failure = await catchFailure(connect(old, [`HOST ${rsa.publicLine}`]));
    expect(failure).toMatchObject({ reason: 'HostKeyRefused', message: expect.stringContaining('ssh-rsa') });
  });
});

/** A key that says it is `shown`, and signs as `held`. */
const forge = (shown: KeyPair, held: KeyPair): { readonly key: ssh2.ParsedKey } => {
  const key = ssh2.utils.parseKey(held.privateKey) as ssh2.ParsedKey;
  const claimed = (ssh2.utils.parseKey(shown.privateKey) as ssh2.ParsedKey).getPublicSSH();
  key.getPublicSSH = () => claimed;
  return { key };
};
