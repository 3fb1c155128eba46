import { withoutFullStop } from '../../domain/text/join-sentences.ts';
import type { HostFailure } from '../../ports/host-failure.ts';
import { toHostKeyAlgorithms } from './algorithms.ts';
import { toFailure } from '../connection/destination.ts';
import type { Destination } from '../connection/destination.ts';
import type { HostKeys } from './find-host-keys.ts';
import { toFingerprint, toHostKey } from './host-key.ts';
import type { HostKeyVerdict } from './judge-host-key.ts';
import { toLookupName } from './matches-host-field.ts';
import { describeUnreadable } from './read-known-hosts.ts';
import type { KnownHosts, KnownHostsEntry } from './parse-known-hosts.ts';

/** Where host keys were looked up, for messages. */
export interface LookedUp {
  readonly destination: Destination;
  readonly keys: HostKeys;
  readonly knownHosts: KnownHosts;
  readonly paths: readonly string[];
}

const ON_CONSOLE = "on the host's own console (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`)";

/** Why known_hosts alone already rules out a connection; `undefined` when it has a key that can prove the host. */
export const findMissingProof = (lookedUp: LookedUp): HostFailure | undefined => {
  const { known, revoked, authorities } = lookedUp.keys;
  if (toHostKeyAlgorithms(lookedUp.keys).length > 0) {
    return undefined;
  }
  if (known.length > 0) {
    return refuse(
      lookedUp,
      `known_hosts has only keys of types that are not accepted for it (${toTypes(known)}); ${ADD_KEY}`,
    );
  }
  if (revoked.length > 0) {
    return refuse(lookedUp, `every key that known_hosts has for it is revoked (${toPlaces(revoked)}); ${ASK}`);
  }
  return authorities.length > 0
    ? refuse(
        lookedUp,
        `known_hosts has only a certificate authority for it (${toPlaces(authorities)}), and host certificates are not supported; ${ADD_KEY}`,
      )
    : toUnknown(lookedUp);
};

/** The refusal of a key that the host presented. */
export const toKeyRefusal = (
  lookedUp: LookedUp,
  verdict: Exclude<HostKeyVerdict, 'Known'>,
  presented: Buffer,
): HostFailure => {
  const key = `${toHostKey(presented)?.type ?? 'unknown type'} ${toFingerprint(presented)}`;
  switch (verdict) {
    case 'Changed':
      return refuse(
        lookedUp,
        `it presents another host key (${key}) than the one in known_hosts (${toPlaces(lookedUp.keys.known)}): ` +
          'it is another machine, was reinstalled, or the connection is intercepted; find out which, and replace the line only with a key ' +
          `that you verified ${ON_CONSOLE}`,
      );
    case 'Revoked':
      return refuse(
        lookedUp,
        `it presents a host key that is revoked (${key}; ${toPlaces(lookedUp.keys.revoked)}); ${ASK}`,
      );
    case 'Unknown':
      return toUnknown(lookedUp);
  }
};

/** The host has keys, but none of a type that known_hosts has for it. */
export const toNoKnownType = (lookedUp: LookedUp): HostFailure =>
  refuse(
    lookedUp,
    `it has no host key of a type that known_hosts has for it (${toTypes(lookedUp.keys.known)}; ${toPlaces(lookedUp.keys.known)}): ` +
      `it is another machine, or its keys were changed; ${ADD_KEY}`,
  );

/** The host presents a known key, but cannot sign with it. */
export const toForgedKey = (lookedUp: LookedUp): HostFailure =>
  refuse(
    lookedUp,
    'it presents a known host key but cannot sign with it: the connection is intercepted; find the cause before you connect again',
  );

const ADD_KEY = `verify its key ${ON_CONSOLE} and add it to known_hosts`;
const ASK = 'ask the administrator who revoked it before you continue';

const toUnknown = (lookedUp: LookedUp): HostFailure =>
  refuse(lookedUp, `its host key is unknown (no line for it in ${lookedUp.paths.join(', ')}); ${ADD_KEY}`);

const refuse = ({ destination, knownHosts }: LookedUp, problem: string): HostFailure => {
  const name = toLookupName(destination.host, destination.port);
  const unreadable = withoutFullStop(describeUnreadable(knownHosts.unreadable));
  return toFailure(
    'HostKeyRefused',
    destination,
    `${problem}; its name in known_hosts is ${name}${unreadable === '' ? '' : `. Unreadable lines: ${unreadable}`}`,
  );
};

const toTypes = (entries: readonly KnownHostsEntry[]): string =>
  [...new Set(entries.map(({ key }) => key.type))].toSorted().join(', ');

const toPlaces = (entries: readonly KnownHostsEntry[]): string =>
  entries.map(({ place }) => `${place.path} line ${place.line}`).join(', ');
