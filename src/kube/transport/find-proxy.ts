import { BlockList, isIP } from 'node:net';
import type { KubeConfig } from '@kubernetes/client-node';
import type { ProxySettings } from '../../domain/cluster/proxy-settings.ts';

/**
 * The proxy by which a server is reached, as kubectl chooses it (Go's `golang.org/x/net/http/httpproxy`): never for localhost and loopback
 * addresses, nor for what NO_PROXY names by host, domain, address or CIDR, each with a port or without; `*` names everything.
 *
 * @returns undefined: the server is reached directly.
 */
export const findProxy = (server: string, { https, http, except = '' }: ProxySettings): string | undefined => {
  if (!URL.canParse(server)) return undefined;
  const { protocol, hostname, port } = new URL(server);
  const isSecure = protocol === 'https:';
  const proxy = isSecure ? https : http;
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (proxy === undefined || isLoopback(host)) return undefined;
  const asked = { host, port: port === '' ? (isSecure ? '443' : '80') : port };
  if (except.split(',').some((rule) => isNamedBy(rule.trim().toLowerCase(), asked))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
};

/** Where the kubeconfig of the current cluster names no proxy, that of the environment is used. */
export const useProxy = (kubeConfig: KubeConfig, proxies: ProxySettings): void => {
  const current = kubeConfig.getCurrentCluster();
  const proxyUrl = current === null || current.proxyUrl ? undefined : findProxy(current.server, proxies);
  if (current === null || proxyUrl === undefined) return;
  kubeConfig.clusters = kubeConfig.clusters.map((each) => (each.name === current.name ? { ...each, proxyUrl } : each));
};

interface Address {
  readonly host: string;
  readonly port: string;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || contains('127.0.0.0', 8, host) || contains('::1', 128, host);

const isNamedBy = (rule: string, { host, port }: Address): boolean => {
  if (rule === '') return false;
  if (rule === '*') return true;
  const [network = '', length] = rule.split('/');
  if (length !== undefined) return contains(network, Number(length), host);
  const named = splitPort(rule);
  if (named.port !== undefined && named.port !== port) return false;
  if (isIP(named.host) !== 0) return named.host === host;
  const domain = named.host.replace(/^\*\./, '.');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
};

/** An IPv6 address has colons of its own: with a port it is in brackets. */
const splitPort = (rule: string): { readonly host: string; readonly port?: string } => {
  const bracketed = /^\[(.*)\](?::(\d+))?$/.exec(rule);
  if (bracketed === null && isIP(rule) === 6) return { host: rule };
  const [, host = rule, port] = bracketed ?? /^(.*?)(?::(\d+))?$/.exec(rule) ?? [];
  return { host, ...(port === undefined ? {} : { port }) };
};

/** False for what is no network, and for a host that is no address. */
const contains = (network: string, length: number, host: string): boolean => {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const isValid =
    isIP(network) !== 0 && Number.isInteger(length) && length >= 0 && length <= (family === 'ipv6' ? 128 : 32);
  if (!isValid || isIP(host) === 0) return false;
  const list = new BlockList();
  list.addSubnet(network, length, family);
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
};
