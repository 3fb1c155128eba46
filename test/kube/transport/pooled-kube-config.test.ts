import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import { ObjectCoreV1Api as CoreV1Api } from '@kubernetes/client-node/dist/gen/types/ObjectParamAPI.js';
import { PooledKubeConfig } from '../../../src/kube/transport/pooled-kube-config.ts';
import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';

const certificate = (text: string): string => Buffer.from(text).toString('base64');

const withCa = (caData: string): PooledKubeConfig => {
  const kubeConfig = new PooledKubeConfig();
  use(kubeConfig, caData);
  return kubeConfig;
};

const use = (kubeConfig: PooledKubeConfig, caData: string): void => {
  kubeConfig.loadFromClusterAndUser(
    { name: 'c', server: 'https://127.0.0.1:1', skipTLSVerify: false, caData },
    { name: 'u', token: 't' },
  );
};

const readDispatcher = async (kubeConfig: PooledKubeConfig): Promise<unknown> => {
  const context = new RequestContext('https://127.0.0.1:1/', HttpMethod.GET);
  await kubeConfig.applySecurityAuthentication(context);
  expect(context.getHeaders()['Authorization']).toBe('Bearer t');
  return context.getDispatcher();
};

describe('PooledKubeConfig', () => {
  it('uses the same connection pool for all requests, also for concurrent ones', async () => {
    const kubeConfig = withCa(certificate('one'));
    const first = await readDispatcher(kubeConfig);
    const more = await Promise.all([readDispatcher(kubeConfig), readDispatcher(kubeConfig)]);
    expect(first).toBeDefined();
    expect(more[0]).toBe(first);
    expect(more[1]).toBe(first);
  });

  it('uses a new pool when the credentials have changed', async () => {
    const kubeConfig = withCa(certificate('one'));
    const first = await readDispatcher(kubeConfig);
    use(kubeConfig, certificate('two'));
    const second = await readDispatcher(kubeConfig);
    expect(second).not.toBe(first);
    expect(await readDispatcher(kubeConfig)).toBe(second);
  });
});

describe('PooledKubeConfig, against a server that offers HTTP/2 and HTTP/1.1', () => {
  const authority = createCertificateAuthority('authority');
  const seenVersions: string[] = [];
  const { certificate: cert, key } = authority.issue({
    commonName: 'server',
    usage: 'server',
    alternativeNames: ['127.0.0.1'],
  });
  // Go's servers, and so the API server, prefer h2 whatever the order in which a client offers them.
  const server = createSecureServer({ cert, key, allowHTTP1: true }, (request, response) => {
    seenVersions.push(request.httpVersion);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ kind: 'NodeList', apiVersion: 'v1', items: [] }));
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  const connect = async (tls: object): Promise<PooledKubeConfig> => {
    const kubeConfig = new PooledKubeConfig();
    const { port } = server.address() as AddressInfo;
    kubeConfig.loadFromClusterAndUser(
      { name: 'c', server: `https://127.0.0.1:${String(port)}`, skipTLSVerify: false, ...tls },
      { name: 'u', token: 't' },
    );
    await kubeConfig.makeApiClient(CoreV1Api).listNode();
    return kubeConfig;
  };

  it('knows a server whose certificate was verified, until the CA changes', async () => {
    const kubeConfig = await connect({ caData: certificate(authority.certificate) });
    const { generation } = kubeConfig.servers;
    expect(generation).toBeDefined();
    await kubeConfig.makeApiClient(CoreV1Api).listNode();
    expect(kubeConfig.servers.generation).toBe(generation);
    use(kubeConfig, certificate('two'));
    await readDispatcher(kubeConfig);
    expect(kubeConfig.servers.generation).toBeUndefined();
  });

  it('knows no server whose certificate is not verified', async () => {
    const kubeConfig = await connect({ skipTLSVerify: true });
    expect(kubeConfig.servers.generation).toBeUndefined();
  });

  it.each([
    ['with a CA', { caData: certificate(authority.certificate) }],
    ['that is not verified', { skipTLSVerify: true }],
  ])('speaks HTTP/1.1 to a server %s', async (_name, tls) => {
    seenVersions.length = 0;
    await connect(tls);
    expect(seenVersions).toEqual(['1.1']);
  });
});
