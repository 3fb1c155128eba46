import type { KnownHosts, KnownHostsEntry } from './parse-known-hosts.ts';
import { matchesHostField } from './matches-host-field.ts';

/** The known_hosts entries for one host. */
export interface HostKeys {
  /** Keys that prove the host; revoked ones are excluded. */
  readonly known: readonly KnownHostsEntry[];
  readonly revoked: readonly KnownHostsEntry[];
  /** Certificate authorities for this host: host certificates are not supported, so they prove nothing. */
  readonly authorities: readonly KnownHostsEntry[];
}

/**
 * @param lookupName of `toLookupName`
 * @param aliases its other names: a key that is revoked under one of them is not accepted under any
 */
export const findHostKeys = (knownHosts: KnownHosts, lookupName: string, aliases: readonly string[] = []): HostKeys => {
  const find = (name: string, mark: KnownHostsEntry['mark']): readonly KnownHostsEntry[] =>
    knownHosts.entries.filter((entry) => entry.mark === mark && matchesHostField(entry.hosts, name));
  const revoked = [...new Set([lookupName, ...aliases].flatMap((name) => find(name, 'revoked')))];
  return {
    known: find(lookupName, 'none').filter(({ key }) => !revoked.some((other) => other.key.blob.equals(key.blob))),
    revoked,
    authorities: find(lookupName, 'certAuthority'),
  };
};
