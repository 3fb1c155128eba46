import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createKubeCluster, type KubeCluster } from '../../src/kube/kube-cluster.ts';
import type { ProxySettings } from '../../src/domain/cluster/proxy-settings.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { Stack } from '../../stack/stack.ts';
import { borrowStack } from './harness/shared-stack.ts';

const NAMESPACE = 'credentials';
const API_VERSION = 'client.authentication.k8s.io/v1';

let stack: Stack;

beforeAll(async () => {
  stack = await borrowStack({ realNodes: false });
  await stack.createNamespace(NAMESPACE);
});

afterAll(async () => {
  await stack.stop();
});

interface User {
  readonly token?: string;
  readonly exec?: object;
}

const open = (name: string, user: User, server = stack.serverUrl, proxies: ProxySettings = {}): KubeCluster => {
  const path = join(stack.directory, `${name}.kubeconfig`);
  const cluster = { server, 'certificate-authority': stack.certificateAuthorityPath, 'tls-server-name': 'localhost' };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  writeFileSync(path, JSON.stringify(kubeconfig));
  const settings = { kind: 'kubeconfig', path } as const;
  return createKubeCluster('default', settings, {
    requestTimeoutSeconds: 10,
    userAgent: 'node-decommission/e2e',
    proxies,
  });
};

/** A token of node-decommission's ServiceAccount that is valid until the Secret is deleted. */
const createToken = async (secret: string): Promise<string> => {
  const path = `/api/v1/namespaces/node-decommission`;
  const { metadata } = await stack.api.create(`${path}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret },
  });
  const { status } = await stack.api.create(`${path}/serviceaccounts/node-decommission/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      expirationSeconds: 3600,
      boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: secret, uid: metadata.uid },
    },
  });
  return String(status?.['token']);
};

describe('an exec plugin of the kubeconfig', () => {
  const tokenPath = (): string => join(stack.directory, 'token');
  const runsPath = (): string => join(stack.directory, 'runs');

  const writePlugin = (): string => {
    const path = join(stack.directory, 'plugin');
    const answer = `{"apiVersion":"${API_VERSION}","kind":"ExecCredential","status":{"token":"%s"}}`;
    writeFileSync(path, `#!/bin/sh\necho run >>'${runsPath()}'\nprintf '${answer}' "$(cat '${tokenPath()}')"\n`);
    chmodSync(path, 0o755);
    return path;
  };

  const countRuns = (): number => readFileSync(runsPath(), 'utf8').trim().split('\n').length;

  it('is started once for many requests, and again when its token without an end is revoked', async () => {
    writeFileSync(tokenPath(), await createToken('first'));
    const cluster = open('exec', {
      exec: { apiVersion: API_VERSION, command: writePlugin(), interactiveMode: 'Never' },
    });

    await Promise.all(Array.from({ length: 20 }, () => cluster.readNodes()));
    expect(countRuns()).toBe(1);

    writeFileSync(tokenPath(), await createToken('second'));
    await stack.api.delete('/api/v1/namespaces/node-decommission/secrets/first');
    // The API server remembers a token for some seconds. No request fails meanwhile.
    await awaitCondition('the plugin is asked for another token', async () => {
      await Promise.all([cluster.readNodes(), cluster.readNodes()]);
      return countRuns() > 1;
    });
    expect(countRuns()).toBe(2);
  });

  it('is named when it cannot be used', async () => {
    const asked = join(stack.directory, 'asked');
    const exec = { apiVersion: API_VERSION, command: 'touch', args: [asked], interactiveMode: 'Always' };
    await expect(open('interactive', { exec }).readNodes()).rejects.toMatchObject({
      reason: 'Unreachable',
      message: expect.stringContaining('its exec plugin "touch" has to ask its user (interactiveMode: Always)'),
    });
    expect(existsSync(asked)).toBe(false);
  });
});

describe('a proxy of the environment', () => {
  let proxy: Server;
  const connected: string[] = [];
  const sockets: Socket[] = [];

  beforeAll(async () => {
    const { hostname, port } = new URL(stack.serverUrl);
    proxy = createServer().on('connect', ({ url }, socket: Socket) => {
      connected.push(url ?? '');
      const target = connect(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        socket.pipe(target).pipe(socket);
      });
      sockets.push(socket, target);
      for (const each of [socket, target]) each.on('error', () => each.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });

  it('is used for a server that only it can reach, unless NO_PROXY names the server', async () => {
    const token = await createToken('proxied');
    const https = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const server = 'https://kubernetes.invalid:6443';

    await open('proxied', { token }, server, { https }).readNodes();
    expect(connected).toEqual(['kubernetes.invalid:6443']);

    const direct = open('direct', { token }, server, { https, except: '.invalid' });
    await expect(direct.readNodes()).rejects.toMatchObject({ reason: 'Unreachable' });
    expect(connected).toHaveLength(1);
  });
});
