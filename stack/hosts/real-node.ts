import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import type { KubernetesApi } from '../control-plane/kubernetes-api.ts';
import { awaitCondition } from '../processes/await-condition.ts';
import type { KubernetesObject } from '../cluster-fixtures/kubernetes-object.ts';
import type { ControlPlaneCredentials } from '../control-plane/credentials.ts';
import { runCommand, runSuccessfully } from '../processes/run-command.ts';
import type { CommandResult } from '../processes/run-command.ts';
import type { RunDirectory } from '../processes/run-directory.ts';
import { writeHostFiles } from './host-files.ts';
import type { HOST_USERS } from './host-files.ts';
import type { HostImage } from './host-image.ts';
import { createHostMachine } from './host-machine.ts';
import type { HostMachine } from './host-machine.ts';
import type { HostNetwork } from './host-network.ts';
import type { RealNodeFixture } from './real-node-fixture.ts';

export type HostUser = keyof typeof HOST_USERS;

/** A host with systemd, sshd, containerd and a kubelet that has joined the stack's control plane. */
export interface RealNode extends Pick<
  HostMachine,
  'isOn' | 'powerOn' | 'powerOff' | 'cutPower' | 'reboot' | 'setReachable' | 'readNetworkEntry'
> {
  readonly name: string;
  /** The Node's InternalIP, reachable from this process. */
  readonly address: string;
  readonly sshPort: number;
  /** May run every command with sudo without a password; `guest` may not, `root` does not need to. All log in with the same key. */
  readonly user: HostUser;
  /** The private key's file. */
  readonly identityFile: string;
  /** The host's public keys, `<type> <base64>`: Ed25519 and ECDSA. */
  readonly hostKeys: readonly string[];
  /** Lines for a known_hosts file, one for each key. */
  readonly knownHosts: string;
  /** The output of nspawn and of the host's console. */
  readonly logPath: string;

  /** Waits until the Node is Ready in its host's current boot and accepts pods. @returns the Node as read then */
  awaitReady(): Promise<KubernetesObject>;
  /**
   * Runs a shell command as root, for test set-up and for proofs. It enters the host's namespaces, so it needs neither its network nor its
   * sshd. Processes that it leaves running are not in the host's cgroups: start a daemon with `ssh` or systemd-run.
   */
  exec(shellCommand: string): Promise<CommandResult>;
  /** The same, where an exit code other than 0 is an error. @returns standard output */
  read(shellCommand: string): Promise<string>;
  /** Runs a command with the OpenSSH client, which accepts only this host's keys. */
  ssh(shellCommand: string, user?: HostUser): Promise<CommandResult>;
}

export interface RealNodeParts {
  readonly run: RunDirectory;
  readonly api: KubernetesApi;
  readonly credentials: ControlPlaneCredentials;
  readonly serverUrl: string;
  readonly network: HostNetwork;
  readonly image: HostImage;
}

const SSH_PORT = 22;
const READY_TIMEOUT_MILLISECONDS = 600_000;
const HOST_KEY_TYPES = ['ed25519', 'ecdsa'];

/** Creates the login key for all hosts of the run; once per run. @returns the path of the private key */
export const makeLoginKey = async (run: RunDirectory): Promise<string> => {
  const path = toLoginKeyPath(run);
  await makeKey(path, 'ed25519', `node-decommission-${run.runId}`);
  return path;
};

/** Where `makeLoginKey` writes the key. */
export const toLoginKeyPath = (run: RunDirectory): string => join(run.path, 'id_ed25519');

/**
 * Writes the host's files, boots it and waits until its Node is Ready. If its Node does not become Ready, the host is turned off.
 * @param index of the host in its run, from 0
 */
export const startRealNode = async (
  parts: RealNodeParts,
  fixture: RealNodeFixture,
  index: number,
  identityFile: string,
): Promise<RealNode> => {
  const { run, network, api } = parts;
  const { name } = fixture;
  const address = network.toHostAddress(index);
  const machine = createHostMachine({ ...parts, name, index, docker: fixture.docker === true });
  writeHostFiles(machine.ownFiles, {
    fixture,
    name,
    address,
    podSubnet: `10.88.${index + 1}`,
    serverUrl: parts.serverUrl,
    clusterAuthority: parts.credentials.certificateAuthority.certificate,
    kubelet: parts.credentials.certificateAuthority.issue({
      commonName: `system:node:${name}`,
      organization: 'system:nodes',
      usage: 'client',
    }),
    authorizedKey: readFileSync(`${identityFile}.pub`, 'utf8'),
  });
  const hostKeys = await makeHostKeys(join(machine.ownFiles, 'etc/ssh'), name);
  const knownHosts = hostKeys.map((key) => `${address} ${key}\n`).join('');
  const knownHostsPath = join(run.path, `host-${name}.known_hosts`);
  writeFileSync(knownHostsPath, knownHosts);

  const read: RealNode['read'] = async (shellCommand) => {
    const { stdout, stderr, exitCode } = await machine.exec(shellCommand);
    if (exitCode !== 0)
      throw new Error(
        `"${shellCommand}" on ${name} ended with ${exitCode === null ? 'a signal' : `exit code ${exitCode}`}: ${stderr}`,
      );
    return stdout;
  };
  const awaitReady = async (): Promise<KubernetesObject> => {
    await awaitCondition(`${name} responds on its SSH port`, () => readSshBanner(address), {
      intervalMilliseconds: 100,
    });
    const bootId = (await read('cat /proc/sys/kernel/random/boot_id')).trim();
    try {
      return await awaitCondition(
        `the kubelet of ${name} has made its Node Ready`,
        async () => {
          const found = await api.find(`/api/v1/nodes/${name}`);
          return found !== undefined && isReadySince(found, bootId) ? found : undefined;
        },
        { timeoutMilliseconds: READY_TIMEOUT_MILLISECONDS, intervalMilliseconds: 200 },
      );
    } catch (error) {
      // The host's own log is deleted with the run.
      const { stdout } = await machine.exec('journalctl --unit kubelet --lines 10 --no-pager');
      throw new Error(
        `${error instanceof Error ? error.message : String(error)} The end of the kubelet's log:\n${stdout}`,
      );
    }
  };

  try {
    await machine.powerOn();
    await awaitReady();
    if (fixture.labels !== undefined)
      await api.patch(`/api/v1/nodes/${name}`, { metadata: { labels: fixture.labels } });
  } catch (error) {
    await machine.cutPower();
    throw error;
  }
  return {
    ...machine,
    name,
    address,
    sshPort: SSH_PORT,
    user: 'ops',
    identityFile,
    hostKeys,
    knownHosts,
    awaitReady,
    read,
    ssh: (shellCommand, user = 'ops') =>
      runCommand('ssh', [...toSshFlags(identityFile, knownHostsPath), `${user}@${address}`, shellCommand]),
  };
};

/** Ignores the user's own configuration, agent and known hosts. */
const toSshFlags = (identityFile: string, knownHostsPath: string): string[] => {
  const options = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: knownHostsPath,
    GlobalKnownHostsFile: '/dev/null',
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    ConnectTimeout: '10',
    LogLevel: 'ERROR',
  };
  return [
    '-F',
    'none',
    '-i',
    identityFile,
    ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
  ];
};

const makeHostKeys = async (directory: string, comment: string): Promise<string[]> => {
  mkdirSync(directory, { recursive: true });
  const paths = HOST_KEY_TYPES.map((type) => ({ type, path: join(directory, `ssh_host_${type}_key`) }));
  await Promise.all(paths.map(({ type, path }) => makeKey(path, type, comment)));
  return paths.map(({ path }) => readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' '));
};

const makeKey = async (path: string, type: string, comment: string): Promise<void> => {
  await runSuccessfully('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', comment, '-f', path]);
};

/** `undefined` while nothing responds. */
const readSshBanner = (address: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port: SSH_PORT, timeout: 1000 });
    const finish = (banner?: string): void => {
      socket.destroy();
      resolve(banner);
    };
    socket.once('data', (chunk) => {
      finish(chunk.toString());
    });
    for (const event of ['error', 'timeout', 'close']) {
      socket.once(event, () => {
        finish();
      });
    }
  });

const isReadySince = ({ spec, status }: KubernetesObject, bootId: string): boolean => {
  const conditions = (status?.['conditions'] ?? []) as { type: string; status: string }[];
  const taints = (spec?.['taints'] ?? []) as { key: string }[];
  const nodeInfo = status?.['nodeInfo'] as { bootID?: string } | undefined;
  return (
    nodeInfo?.bootID === bootId &&
    conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True') &&
    !taints.some(({ key }) => key === 'node.kubernetes.io/not-ready' || key === 'node.kubernetes.io/unreachable')
  );
};
