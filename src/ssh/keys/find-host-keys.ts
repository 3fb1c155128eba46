import type { KnownHosts, KnownHostsEntry } from './parse-known-hosts.ts';
import { matchesHostField } from './matches-host-field.ts';

/** What known_hosts says of one host. */
export interface HostKeys {
  /** Proof of the host; revoked ones are left out. */
  readonly known: readonly KnownHostsEntry[];
  readonly revoked: readonly KnownHostsEntry[];
  /** Certificate authorities for this host: certificates cannot be checked, so they prove nothing here. */
  readonly authorities: readonly KnownHostsEntry[];
}

/**
 * @param lookupName of `toLookupName`
 * @param aliases its other names: a key that was revoked under one of them proves the host under none
 */
export const findHostKeys = (knownHosts: KnownHosts, lookupName: string, aliases: readonly string[] = []): HostKeys => {
  const about = (name: string, mark: KnownHostsEntry['mark']): readonly KnownHostsEntry[] =>
    knownHosts.entries.filter((entry) => entry.mark === mark && matchesHostField(entry.hosts, name));
  const revoked = [...new Set([lookupName, ...aliases].flatMap((name) => about(name, 'revoked')))];
  return {
    known: about(lookupName, 'none').filter(({ key }) => !revoked.some((other) => other.key.blob.equals(key.blob))),
    revoked,
    authorities: about(lookupName, 'certAuthority'),
  };
};
