import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SshSettings } from '../../src/ssh/connection/ssh-settings.ts';
import { makeKey } from './servers/keys.ts';
import { startFullPort } from './servers/full-port.ts';
import { startScriptedServer } from './servers/scripted-server.ts';
import type { ScriptedServer } from './servers/scripted-server.ts';
import { catchFailure, SshScene } from './ssh-scene.ts';

const HERE = '127.0.0.1';
const THERE = '127.0.0.2';
const NAME = 'localhost';

let server: ScriptedServer;
let scene: SshScene;

beforeAll(async () => {
  server = await startScriptedServer();
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

const knowing = (addresses: readonly string[], other: readonly string[] = []): SshSettings => {
  const text = scene.toKnownHosts(server, server.port, addresses) + other.join('\n');
  return { ...scene.settingsFor(server), knownHosts: [scene.write('hosts', text)] };
};

/** A port that takes TCP connections and does with them what the test says. */
const startPort = async (serve: (socket: Socket) => void): Promise<number> => {
  const sockets: Socket[] = [];
  const port = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => {
    port.listen(0, HERE, resolve);
  });
  scene.later(async () => {
    const closed = new Promise<void>((resolve) => {
      port.close(() => {
        resolve();
      });
    });
    for (const socket of sockets) {
      socket.destroy();
    }
    await closed;
  });
  return (port.address() as AddressInfo).port;
};

/** Settings for a port where the server's key is known, and where it is not. */
const toPort = (port: number, connectTimeoutSeconds = 10): SshSettings => ({
  ...scene.settingsFor(server, port),
  connectTimeoutSeconds,
});

describe('the way to a host', () => {
  it('leads to the first address that is known and answers', async () => {
    const { label } = await scene.connect(knowing([HERE, NAME]), { addresses: [HERE, NAME] });
    expect(label).toBe(`node "n1" (127.0.0.1:${server.port})`);
  });

  it('passes over an address that known_hosts does not have', async () => {
    const { label } = await scene.connect(knowing([NAME]), { addresses: [HERE, NAME] });
    expect(label).toBe(`node "n1" (localhost:${server.port})`);
  });

  it('goes on after an address that does not answer', async () => {
    const elsewhere = await startScriptedServer({ address: THERE });
    scene.later(() => elsewhere.stop());
    const settings = scene.settingsFor(elsewhere);
    const knownHosts = [scene.write('hosts', scene.toKnownHosts(elsewhere, elsewhere.port, [HERE, THERE]))];
    const { label } = await scene.connect({ ...settings, knownHosts }, { addresses: [HERE, THERE] });
    expect(label).toBe(`node "n1" (127.0.0.2:${elsewhere.port})`);
  });

  it('ends at a changed key, though another address would do', async () => {
    const settings = knowing([THERE], [`[${HERE}]:${server.port} ${makeKey().publicLine}`]);
    const failure = await catchFailure(scene.connect(settings, { addresses: [HERE, THERE] }));
    expect(failure).toMatchObject({ reason: 'HostKeyRefused', message: expect.stringContaining('another host key') });
    expect(server.authentications).toBe(0);
  });

  it('ends at a key that was revoked under another of its addresses', async () => {
    const settings = knowing([HERE], [`@revoked [${THERE}]:${server.port} ${server.hostKeys.join()}`]);
    const failure = await catchFailure(scene.connect(settings, { addresses: [HERE, THERE] }));
    expect(failure).toMatchObject({ reason: 'HostKeyRefused', message: expect.stringContaining('was revoked') });
    expect(server.authentications).toBe(0);
  });

  it('is the host that the settings name, whatever the addresses', async () => {
    const { label } = await scene.connect({ ...knowing([NAME, HERE]), host: NAME }, { addresses: [HERE] });
    expect(label).toBe(`node "n1" (localhost:${server.port})`);
  });

  it('is tried in vain: each address tells its reason', async () => {
    const port = await startPort((socket) => socket.resetAndDestroy());
    const text = scene.toKnownHosts(server, port, [HERE, NAME]);
    const settings = { ...toPort(port), knownHosts: [scene.write('hosts', text)] };
    const failure = await catchFailure(scene.connect(settings, { addresses: [HERE, NAME, THERE] }));
    expect(failure).toMatchObject({ reason: 'Unreachable', retryable: true });
    expect(failure.message).toMatch(/node "n1" \(127\.0\.0\.1:.* node "n1" \(localhost:/);
    expect(failure.message).not.toContain(THERE);
  });

  it.each<[string, () => SshSettings | undefined, readonly string[], RegExp]>([
    ['no settings', () => undefined, [HERE], /names no way to the host of node "n1"\. Write a section `hosts`/],
    ['no addresses', () => knowing([HERE]), [], /Node "n1" has no address, .* set `host`/],
  ])('does not exist with %s', async (_name, toSettings, addresses, message) => {
    await expect(catchFailure(scene.connect(toSettings(), { addresses }))).resolves.toMatchObject({
      reason: 'NotConfigured',
      retryable: false,
      message: expect.stringMatching(message),
    });
  });
});

describe('a host that cannot be reached', () => {
  it.each<[string, (socket: Socket) => unknown]>([
    ['takes the connection and is silent', () => undefined],
    ['is silent after its greeting', (socket) => socket.write('SSH-2.0-Silent\r\n')],
  ])('says so when it %s', async (_name, serve) => {
    const port = await startPort(serve);
    await expect(catchFailure(scene.connect(toPort(port, 0.3)))).resolves.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringContaining('the SSH handshake was not through within 0.3 s'),
    });
  });

  it.each<[string, (socket: Socket) => unknown, RegExp]>([
    ['resets the connection', (socket) => socket.resetAndDestroy(), /went before the login was through|ECONNRESET/],
    ['ends the connection', (socket) => socket.end(), /went before the login was through/],
    ['is no SSH server', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /check that sshd answers there/],
    ['speaks an old protocol', (socket) => socket.write('SSH-1.5-Old\r\n'), /check that .*sshd .*answers there/],
    ['sends garbage', (socket) => socket.write(`SSH-2.0-x\r\n${'\xff'.repeat(100)}`), /check that sshd answers there/],
  ])('says so when it %s', async (_name, serve, message) => {
    const port = await startPort(serve);
    const failure = await catchFailure(scene.connect(toPort(port)));
    expect(failure).toMatchObject({ reason: 'Unreachable', retryable: true, message: expect.stringMatching(message) });
    expect(failure.message).toMatch(`Could not connect to the host of node "n1" (127.0.0.1:${port}): `);
  });

  it('says so when nothing listens', async () => {
    const port = await startPort(() => undefined);
    await scene.close();
    scene = new SshScene();
    await expect(catchFailure(scene.connect(toPort(port)))).resolves.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringContaining('there is no connection (ECONNREFUSED)'),
    });
  });

  it('says so when its name is none', async () => {
    const settings = { ...knowing(['n1.invalid']), host: 'n1.invalid' };
    await expect(catchFailure(scene.connect(settings))).resolves.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringMatching(/there is no connection \((ENOTFOUND|EAI_AGAIN)\)/),
    });
  });

  it('says so when it drops whoever wants to connect', async () => {
    const full = await startFullPort();
    scene.later(() => full.stop());
    await expect(catchFailure(scene.connect(toPort(full.port, 0.3)))).resolves.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringContaining('it took no connection within 0.3 s'),
    });
  });
});
