import { describe, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { findProxy, useProxy } from '../../../src/kube/transport/find-proxy.ts';

const PROXY = 'http://proxy.example:3128';
const SERVER = 'https://api.prod.example:6443';

describe('findProxy', () => {
  // As golang.org/x/net/http/httpproxy, proxy_test.go.
  const cases: [name: string, server: string, except: string, isProxied: boolean][] = [
    ['any server', SERVER, '', true],
    ['localhost never', 'https://localhost:6443', '', false],
    ['a loopback address never', 'https://127.8.0.1:6443', '', false],
    ['the IPv6 loopback address never', 'https://[::1]:6443', '', false],
    ['everything excepted', SERVER, '*', false],
    ['the host excepted', SERVER, 'other.example, API.prod.example', false],
    ['its domain excepted', SERVER, 'prod.example', false],
    ['its domain excepted with a dot', SERVER, '.example', false],
    ['its domain excepted with an asterisk', SERVER, '*.prod.example', false],
    ['the domain itself is not below its dot', 'https://prod.example', '.prod.example', true],
    ['a name that only ends the same', 'https://notprod.example', 'prod.example', true],
    ['the host excepted with its port', SERVER, 'api.prod.example:6443', false],
    ['the host excepted with another port', SERVER, 'api.prod.example:443', true],
    ['the default port', 'https://api.prod.example', 'api.prod.example:443', false],
    ['an address excepted', 'https://10.1.2.3:6443', '10.1.2.3', false],
    ['a network excepted', 'https://10.1.2.3:6443', '192.168.0.0/16,10.0.0.0/8', false],
    ['another network', 'https://11.1.2.3:6443', '10.0.0.0/8', true],
    ['an IPv6 network excepted', 'https://[fd00::5]:6443', 'fd00::/8', false],
    ['an IPv6 address excepted with its port', 'https://[fd00::5]:6443', '[fd00::5]:6443', false],
    ['a network, of a server with a name', SERVER, '10.0.0.0/8', true],
    ['what is no network', 'https://10.1.2.3:6443', '10.0.0.0/99,x/8', true],
  ];
  it.each(cases)('%s', (_name, server, except, isProxied) => {
    expect(findProxy(server, { https: PROXY, except })).toBe(isProxied ? PROXY : undefined);
  });

  it('chooses by the scheme of the server', () => {
    const proxies = { https: 'http://a:1', http: 'http://b:2' };
    expect([SERVER, 'http://api.prod.example'].map((server) => findProxy(server, proxies))).toEqual([
      'http://a:1',
      'http://b:2',
    ]);
    expect(findProxy('http://api.prod.example', { https: PROXY })).toBeUndefined();
    expect(findProxy('', { https: PROXY })).toBeUndefined();
  });

  it('takes a proxy without a scheme for an HTTP proxy', () => {
    expect(findProxy(SERVER, { https: 'proxy.example:3128' })).toBe(PROXY);
    expect(findProxy(SERVER, { https: 'socks5://proxy.example' })).toBe('socks5://proxy.example');
  });
});

describe('useProxy', () => {
  const load = (proxyUrl?: string): KubeConfig => {
    const kubeConfig = new KubeConfig();
    const cluster = {
      name: 'c',
      server: SERVER,
      skipTLSVerify: false,
      ...(proxyUrl === undefined ? {} : { proxyUrl }),
    };
    kubeConfig.loadFromClusterAndUser(cluster, { name: 'u' });
    return kubeConfig;
  };

  it('leaves the proxy of the kubeconfig', () => {
    const [own, none] = [load('http://own:1'), load()];
    for (const kubeConfig of [own, none]) useProxy(kubeConfig, { https: PROXY });
    expect([own, none].map((kubeConfig) => kubeConfig.getCurrentCluster()?.proxyUrl)).toEqual(['http://own:1', PROXY]);
  });
});
