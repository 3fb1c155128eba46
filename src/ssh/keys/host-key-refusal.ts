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

/** Where host keys were looked up, for sentences. */
export interface LookedUp {
  readonly destination: Destination;
  readonly keys: HostKeys;
  readonly knownHosts: KnownHosts;
  readonly paths: readonly string[];
}

const COMPARE = "compared on the host's own console (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`)";

/** Why known_hosts alone already forbids a connection; `undefined` when it holds a key to prove the host by. */
export const findMissingProof = (lookedUp: LookedUp): HostFailure | undefined => {
  const { known, revoked, authorities } = lookedUp.keys;
  if (toHostKeyAlgorithms(lookedUp.keys).length > 0) {
    return undefined;
  }
  if (known.length > 0) {
    return refuse(
      lookedUp,
      `the keys that are known for it are of types that are not accepted (${toTypes(known)}); ${ADD_KEY}`,
    );
  }
  if (revoked.length > 0) {
    return refuse(lookedUp, `every key that is known for it was revoked (${toPlaces(revoked)}); ${ASK}`);
  }
  return authorities.length > 0
    ? refuse(
        lookedUp,
        `it is known by a certificate authority only (${toPlaces(authorities)}), and host certificates cannot be checked; ${ADD_KEY}`,
      )
    : toUnknown(lookedUp);
};

/** The refusal of a key that was shown. */
export const toKeyRefusal = (
  lookedUp: LookedUp,
  verdict: Exclude<HostKeyVerdict, 'Known'>,
  shown: Buffer,
): HostFailure => {
  const key = `${toHostKey(shown)?.type ?? 'unknown type'} ${toFingerprint(shown)}`;
  switch (verdict) {
    case 'Changed':
      return refuse(
        lookedUp,
        `it shows another host key (${key}) than the one that is known for it (${toPlaces(lookedUp.keys.known)}): ` +
          `it is another machine, was installed anew, or somebody is in between; find out which, and change the line only for a key that was ${COMPARE}`,
      );
    case 'Revoked':
      return refuse(
        lookedUp,
        `it shows a host key that was revoked (${key}; ${toPlaces(lookedUp.keys.revoked)}); ${ASK}`,
      );
    case 'Unknown':
      return toUnknown(lookedUp);
  }
};

/** The host has keys, but none of a type that is known for it. */
export const toNoKnownType = (lookedUp: LookedUp): HostFailure =>
  refuse(
    lookedUp,
    `it has no host key of a type that is known for it (${toTypes(lookedUp.keys.known)}; ${toPlaces(lookedUp.keys.known)}): ` +
      `it is another machine, or its keys were changed; ${ADD_KEY}`,
  );

/** The host shows a known key, but cannot sign with it. */
export const toForgedKey = (lookedUp: LookedUp): HostFailure =>
  refuse(lookedUp, 'it shows a known host key without holding its private part: somebody is in between; find out who');

const ADD_KEY = `add a key of it to known_hosts that was ${COMPARE}`;
const ASK = 'ask whoever revoked it, and do not go on before';

const toUnknown = (lookedUp: LookedUp): HostFailure =>
  refuse(lookedUp, `its host key is not known (no line for it in ${lookedUp.paths.join(', ')}); ${ADD_KEY}`);

const refuse = ({ destination, knownHosts }: LookedUp, problem: string): HostFailure => {
  const name = toLookupName(destination.host, destination.port);
  const unreadable = describeUnreadable(knownHosts.unreadable).replace(/\.$/, '');
  return toFailure(
    'HostKeyRefused',
    destination,
    `${problem}; known_hosts calls it ${name}${unreadable === '' ? '' : `. Besides: ${unreadable}`}`,
  );
};

const toTypes = (entries: readonly KnownHostsEntry[]): string =>
  [...new Set(entries.map(({ key }) => key.type))].toSorted().join(', ');

const toPlaces = (entries: readonly KnownHostsEntry[]): string =>
  entries.map(({ place }) => `${place.path} line ${place.line}`).join(', ');
