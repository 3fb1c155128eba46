import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { awaitCondition } from '../processes/await-condition.ts';
import { startProcess } from '../processes/managed-process.ts';
import { withOwnedLock } from '../processes/owned-lock.ts';
import { runSuccessfully } from '../processes/run-command.ts';
import type { RunDirectory } from '../processes/run-directory.ts';
import { chooseSubnet } from './choose-subnet.ts';
import type { Route } from './choose-subnet.ts';
import { toToolEnvironment } from './host-tools.ts';

/**
 * The hosts of a run are connected to a bridge in a network namespace of the run. One link connects that bridge with this machine, so that
 * tests and worker connect to a host's address directly, and the hosts reach the API server on `gateway`.
 *
 * The hosts have no other route, and this machine accepts from the link only packets from addresses of the subnet.
 * The namespace has no name: a process of the run keeps it, and when that exits the kernel removes bridge and link.
 */
export interface HostNetwork {
  /** This machine's address on the link, e.g. `198.18.7.1`. */
  readonly gateway: string;
  /** The link's name on this machine. */
  readonly linkName: string;
  /** The bridge's name in the namespace. */
  readonly bridgeName: string;
  /** The prefix that runs a command in the namespace. */
  readonly enter: readonly [command: string, ...commandArguments: string[]];
  /** The address of the run's n-th host, from 0. */
  toHostAddress(index: number): string;
}

export const SUBNET_BITS = 24;

const BRIDGE = 'hosts';
const FIRST_HOST = 11;
const LAST_HOST = 250;
/** Machine-wide, so that two runs cannot choose the same free subnet at the same time. */
const LOCK = '/run/node-decommission-network.lock';

/**
 * Creates the namespace with its bridge, and the link on a free subnet.
 * @throws Error with the output of `ip`.
 */
export const createHostNetwork = async (run: RunDirectory): Promise<HostNetwork> => {
  const keeper = startProcess(run, {
    name: 'host-network',
    command: 'unshare',
    arguments: ['--net', '--', 'sleep', 'infinity'],
    environment: toToolEnvironment({}),
  });
  const { pid } = keeper.identity;
  await awaitCondition('the network namespace exists', () => {
    keeper.checkRunning();
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sleep';
  });

  const linkName = toLinkName(run.runId);
  const enter = ['nsenter', `--net=/proc/${pid}/ns/net`, '--'] as const;
  const subnet = await withOwnedLock(
    LOCK,
    () => undefined,
    async () => {
      const routes = JSON.parse(await ip('-json', '-4', 'route', 'show', 'table', 'all')) as Route[];
      const chosen = chooseSubnet(run.runId, routes);
      await ip('link', 'add', linkName, 'type', 'veth', 'peer', 'name', 'machine', 'netns', String(pid));
      await ip('address', 'add', `${chosen}.1/${SUBNET_BITS}`, 'dev', linkName);
      return chosen;
    },
  );
  await ip('link', 'set', linkName, 'alias', `node-decommission ${run.runId}`);
  // Drops packets that a pod sends without its host's address: the response would leave by the default route.
  writeFileSync(`/proc/sys/net/ipv4/conf/${linkName}/rp_filter`, '1');
  await ip('link', 'set', linkName, 'up');
  const inside = [
    'link set lo up',
    `link add ${BRIDGE} type bridge`,
    `link set machine master ${BRIDGE}`,
    'link set machine up',
    `link set ${BRIDGE} up`,
  ];
  for (const command of inside)
    await runSuccessfully(enter[0], [...enter.slice(1), 'ip', ...command.split(' ')], TOOLS());

  return {
    gateway: `${subnet}.1`,
    linkName,
    bridgeName: BRIDGE,
    enter: [...enter],
    toHostAddress: (index) => {
      const last = FIRST_HOST + index;
      if (last > LAST_HOST) throw new Error(`A run can have at most ${LAST_HOST - FIRST_HOST + 1} real nodes.`);
      return `${subnet}.${last}`;
    },
  };
};

/** The name of a run's link. Interface names are limited to 15 characters; the alias holds the whole run id. */
export const toLinkName = (runId: string): string => `nd-${runId.slice(-6)}`;

/** Whether the link of a run exists; it is removed a moment after the run's last process. */
export const hasLink = (runId: string): boolean => existsSync(`/sys/class/net/${toLinkName(runId)}`);

const TOOLS = (): { environment: Record<string, string> } => ({ environment: toToolEnvironment() });

const ip = (...commandArguments: string[]): Promise<string> => runSuccessfully('ip', commandArguments, TOOLS());
