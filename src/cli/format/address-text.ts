import type { ClusterAddress } from '../../domain/cluster/facts.ts';

/** E.g. `context prod, server https://10.0.0.1:6443, Kubernetes v1.37.0`. Pure. */
export const toAddressText = ({ context, server, version }: ClusterAddress): string =>
  [
    context === undefined ? 'in-cluster credentials' : `context ${context}`,
    `server ${server === '' ? 'unknown' : server}`,
    `Kubernetes ${version ?? 'version unknown'}`,
  ].join(', ');

/** One line, or none when the address is unknown. Pure. */
export const toAddressLines = (address: ClusterAddress | undefined): readonly string[] =>
  address === undefined ? [] : [toAddressText(address)];
