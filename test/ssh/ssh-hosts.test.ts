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

/** A port that accepts TCP connections and handles them as the test specifies. */
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

/** Settings for a port for which the server's key is known. */
const toPort = (port: number, connectTimeoutSeconds = 10): SshSettings => ({
  ...scene.settingsFor(server, port),
  connectTimeoutSeconds,
});

describe('the connection to a host', () => {
  it('uses the first address that is known and responds', async () => {
    const { label } = await scene.connect(knowing([HERE, NAME]), { addresses: [HERE, NAME] });
    expect(label).toBe(`node "n1" (127.0.0.1:${server.port})`);
  });

  it('skips an address that known_hosts does not have', async () => {
    const { label } = await scene.connect(knowing([NAME]), { addresses: [HERE, NAME] });
    expect(label).toBe(`node "n1" (localhost:${server.port})`);
  });

  it('tries the next address after one that does not respond', async () => {
    const elsewhere = await startScriptedServer({ address: THERE });
    scene.later(() => elsewhere.stop());
    const settings = scene.settingsFor(elsewhere);
    const knownHosts = [scene.write('hosts', scene.toKnownHosts(elsewhere, elsewhere.port, [HERE, THERE]))];
    const { label } = await scene.connect({ ...settings, knownHosts }, { addresses: [HERE, THERE] });
    expect(label).toBe(`node "n1" (127.0.0.2:${elsewhere.port})`);
  });

  it('stops at a changed key, even if another address is usable', async () => {
    const settings = knowing([THERE], [`[${HERE}]:${server.port} ${makeKey().publicLine}`]);
    const failure = await catchFailure(scene.connect(settings, { addresses: [HERE, THERE] }));
    expect(failure).toMatchObject({ reason: 'HostKeyRefused', message: expect.stringContaining('another host key') });
    expect(server.authentications).toBe(0);
  });

  it('stops at a key that is revoked under another of its addresses', async () => {
    const settings = knowing([HERE], [`@revoked [${THERE}]:${server.port} ${server.hostKeys.join()}`]);
    const failure = await catchFailure(scene.connect(settings, { addresses: [HERE, THERE] }));
    expect(failure).toMatchObject({ reason: 'HostKeyRefused', message: expect.stringContaining('is revoked') });
    expect(server.authentications).toBe(0);
  });

  it('uses the host of the settings, whatever the addresses', async () => {
    const { label } = await scene.connect({ ...knowing([NAME, HERE]), host: NAME }, { addresses: [HERE] });
    expect(label).toBe(`node "n1" (localhost:${server.port})`);
  });

  it('fails with the reason for each address', async () => {
    const port = await startPort((socket) => socket.resetAndDestroy());
    const text = scene.toKnownHosts(server, port, [HERE, NAME]);
    const settings = { ...toPort(port), knownHosts: [scene.write('hosts', text)] };
    const failure = await catchFailure(scene.connect(settings, { addresses: [HERE, NAME, THERE] }));
    expect(failure).toMatchObject({ reason: 'Unreachable', retryable: true });
    expect(failure.message).toMatch(/node "n1" \(127\.0\.0\.1:.* node "n1" \(localhost:/);
    expect(failure.message).not.toContain(THERE);
  });

  it.each<[string, () => SshSettings | undefined, readonly string[], RegExp]>([
    [
      'no settings',
      () => undefined,
      [HERE],
      /no connection settings for the host of node "n1"\. Add a section `hosts`/,
    ],
    ['no addresses', () => knowing([HERE]), [], /Node "n1" has no address, .* set `host`/],
  ])('is not configured with %s', async (_name, toSettings, addresses, message) => {
    await expect(catchFailure(scene.connect(toSettings(), { addresses }))).resolves.toMatchObject({
      reason: 'NotConfigured',
      retryable: false,
      message: expect.stringMatching(message),
    });
  });
});

describe('a host that cannot be reached', () => {
  it.each<[string, (socket: Socket) => unknown]>([
    ['accepts the connection and is silent', () => undefined],
    ['is silent after its greeting', (socket) => socket.write('SSH-2.0-Silent\r\n')],
  ])('is reported when it %s', async (_name, serve) => {
    const port = await startPort(serve);
    await expect(catchFailure(scene.connect(toPort(port, 0.3)))).resolves.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringContaining('the SSH handshake did not complete within 0.3 s'),
    });
  });

  it.each<[string, (socket: Socket) => unknown, RegExp]>([
    ['resets the connection', (socket) => socket.resetAndDestroy(), /was lost before the login completed|ECONNRESET/],
    ['ends the connection', (socket) => socket.end(), /was lost before the login completed/],
    [
      'is not an SSH server',
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      /check that sshd listens there/,
    ],
    ['speaks an old protocol', (socket) => socket.write('SSH-1.5-Old\r\n'), /check that .*sshd .*listens there/],
    ['sends garbage', (socket) => socket.write(`SSH-2.0-x\r\n${'\xff'.repeat(100)}`), /check that sshd listens there/],
  ])('is reported when it %s', async (_name, serve, message) => {
    const port = await startPort(serve);
    const failure = await catchFailure(scene.connect(toPort(port)));
    expect(failure).toMatchObject({ reason: 'Unreachable', retryable: true, message: expect.stringMatching(message) });
    expect(failure.message).toMatch(`Could not connect to the host of node "n1" (127.0.0.1:${port}): `);
  });

  it('is reported when nothing listens', async () => {
    const port = await startPort(() => undefined);
    await scene.close();
    scene = new SshScene();
    await expect(catchFailure(scene.connect(toPort(port)))).resolves.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringContaining('the connection failed (ECONNREFUSED)'),
    });
  });

  it('is reported when its name does not resolve', async () => {
    const settings = { ...knowing(['n1.invalid']), host: 'n1.invalid' };
    await expect(catchFailure(scene.connect(settings))).resolves.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringMatching(/the connection failed \((ENOTFOUND|EAI_AGAIN)\)/),
    });
  });

  it('is reported when it drops connection attempts', async () => {
    const full = await startFullPort();
    scene.later(() => full.stop());
    await expect(catchFailure(scene.connect(toPort(full.port, 0.3)))).resolves.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringContaining('it did not accept a connection within 0.3 s'),
    });
  });
});
