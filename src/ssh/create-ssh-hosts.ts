import type { Host, HostAddress, Hosts } from '../ports/host.ts';
import { HostFailure, isHostFailure } from '../ports/host-failure.ts';
import { toLabel } from './connection/destination.ts';
import type { Destination } from './connection/destination.ts';
import { findHostKeys } from './keys/find-host-keys.ts';
import { findMissingProof } from './keys/host-key-refusal.ts';
import type { LookedUp } from './keys/host-key-refusal.ts';
import { toLookupName } from './keys/matches-host-field.ts';
import { openConnection } from './connection/open-connection.ts';
import { readKnownHosts } from './keys/read-known-hosts.ts';
import { readLogin } from './connection/read-login.ts';
import type { RemoteShell } from './connection/remote-shell.ts';
import { SshRemoteShell } from './connection/ssh-remote-shell.ts';
import { KEEPALIVE } from './connection/ssh-settings.ts';
import type { FindSshSettings, KeepaliveSettings, SshSettings } from './connection/ssh-settings.ts';

/** Creates the Host over a shell with root privileges; `label` is its name in messages, e.g. `node "w1" (10.0.0.5:22)`. */
export type MakeHost = (shell: RemoteShell, label: string, settings: Pick<SshSettings, 'unreadHomes'>) => Host;

/**
 * Hosts over SSH. A connection tries the node's addresses, or the host from the settings, in order: addresses without a known key are
 * skipped, and the next one is tried when one cannot be reached; a rejected key or login stops the search. Keys and known_hosts are read
 * again for each connection. Opens no connection yet.
 */
export const createSshHosts = (
  settings: FindSshSettings,
  makeHost: MakeHost,
  keepalive: KeepaliveSettings = KEEPALIVE,
): Pick<Hosts, 'connect'> => ({
  connect: async (address) => {
    const found = settings(address.nodeName);
    if (found === undefined) {
      throw toNotConfigured(address.nodeName);
    }
    const { shell, destination } = await connectToFirst(found, address, keepalive);
    return makeHost(shell, toLabel(destination), found);
  },
});

interface OpenShell {
  readonly shell: RemoteShell;
  readonly destination: Destination;
}

const connectToFirst = async (
  settings: SshSettings,
  address: HostAddress,
  keepalive: KeepaliveSettings,
): Promise<OpenShell> => {
  const lookedUp = await lookUp(settings, address);
  const login = await readLogin(settings.login);
  const refusals = lookedUp.map((one) => ({ one, refusal: findMissingProof(one) }));
  const provable = refusals.flatMap(({ one, refusal }) => (refusal === undefined ? [one] : []));
  if (provable.length === 0) {
    throw toSum(refusals.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal])));
  }
  const failures: HostFailure[] = [];
  for (const one of provable) {
    try {
      const connection = await openConnection({ settings, login, lookedUp: one, keepalive });
      const shell = new SshRemoteShell(connection, { ...settings, label: toLabel(one.destination) });
      return { shell: await checkShell(shell, settings), destination: one.destination };
    } catch (error) {
      if (!isHostFailure(error, 'Unreachable')) {
        throw error;
      }
      failures.push(error);
    }
  }
  throw toSum(failures);
};

const checkShell = async (shell: SshRemoteShell, settings: SshSettings): Promise<RemoteShell> => {
  try {
    await shell.checkRights(settings.connectTimeoutSeconds);
    return shell;
  } catch (error) {
    await shell.close();
    throw error;
  }
};

/** The known_hosts entries for each of the host's names. */
const lookUp = async (settings: SshSettings, { nodeName, addresses }: HostAddress): Promise<readonly LookedUp[]> => {
  const names = settings.host === undefined ? addresses : [settings.host];
  if (names.length === 0) {
    throw new HostFailure(
      'NotConfigured',
      `Node "${nodeName}" has no address, and the configuration sets none; set \`host\` for it under \`hosts\`.`,
    );
  }
  const knownHosts = await readKnownHosts(settings.knownHosts);
  const aliases = names.map((host) => toLookupName(host, settings.port));
  return [...new Set(names)].map((host) => ({
    destination: { nodeName, host, port: settings.port },
    keys: findHostKeys(knownHosts, toLookupName(host, settings.port), aliases),
    knownHosts,
    paths: settings.knownHosts,
  }));
};

/** One failure for several; its reason is that of the first. */
const toSum = (failures: readonly HostFailure[]): HostFailure =>
  new HostFailure(failures[0]?.reason ?? 'Unreachable', failures.map(({ message }) => message).join(' '));

const toNotConfigured = (nodeName: string): HostFailure =>
  new HostFailure(
    'NotConfigured',
    `The configuration has no connection settings for the host of node "${nodeName}". Add a section \`hosts\` with \`user\`, ` +
      '`identityFile` and `knownHosts` to the file that NODE_DECOMMISSION_CONFIG names, under `defaults` or as an entry of `nodes` that ' +
      'matches the node.',
  );
