import { describe, expect, it } from '@jest/globals';
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import { PooledKubeConfig } from '../../../src/kube/transport/pooled-kube-config.ts';

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
