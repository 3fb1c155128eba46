/** The Temporal server that a worker is connected to. */
export interface TemporalServer {
  /** `host:port`, as configured. */
  readonly address: string;
  /** IP addresses to which the host name resolves where the worker runs; empty when it does not resolve. */
  readonly addresses: readonly string[];
  /** The worker runs as a pod of the cluster that is examined, so that names and addresses inside of it are the same. */
  readonly isInCluster: boolean;
}

/** The host of an address `host:port`, without the brackets of an IPv6 address. */
export const toHost = (address: string): string => address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

/** The host of an address, and the Services that it may name, as `name.namespace`. */
export const toNames = (address: string): { readonly host: string; readonly services: readonly string[] } => {
  const host = toHost(address).toLowerCase();
  const [name, namespace, kind] = host.replace(/\.$/, '').split('.');
  const isService = name !== undefined && namespace !== undefined && (kind === undefined || kind === 'svc');
  return { host, services: isService ? [`${name}.${namespace}`] : [] };
};
