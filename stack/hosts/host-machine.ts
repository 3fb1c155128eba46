import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { awaitCondition } from '../processes/await-condition.ts';
import { startProcess } from '../processes/managed-process.ts';
import type { ManagedProcess } from '../processes/managed-process.ts';
import { isErrorWithCode, isRunning, readProcessIdentity } from '../processes/process-group.ts';
import type { ProcessIdentity } from '../processes/process-group.ts';
import { runCommand } from '../processes/run-command.ts';
import type { CommandResult } from '../processes/run-command.ts';
import type { RunDirectory } from '../processes/run-directory.ts';
import { createHostCgroups } from './cgroups.ts';
import type { HostImage } from './host-image.ts';
import type { HostNetwork } from './host-network.ts';
import { toToolEnvironment } from './host-tools.ts';

const SUPERVISOR = join(import.meta.dirname, 'supervise-host.sh');
const BOOT_TIMEOUT_MILLISECONDS = 300_000;
const POWER_OFF_TIMEOUT_MILLISECONDS = 180_000;
const EXEC_TIMEOUT_MILLISECONDS = 120_000;
/** `systemctl is-system-running`: a boot ends in one of these; offline, initializing and starting come before. */
const BOOTED_STATES = ['running', 'degraded'];

/** What a host consists of; all of it belongs to the run. */
export interface HostMachineParts {
  readonly run: RunDirectory;
  readonly network: HostNetwork;
  readonly image: HostImage;
  readonly name: string;
  /** Index of the host in its run, from 0. */
  readonly index: number;
  readonly docker: boolean;
}

/** A systemd machine: power, reboot, and `exec`, which needs neither network nor sshd. */
export interface HostMachine {
  /** The uppermost layer of its root; write to it only while the host is off. */
  readonly ownFiles: string;
  readonly logPath: string;
  isOn(): boolean;
  /** Boots and waits until systemd has started everything. Does nothing when the host is on. */
  powerOn(): Promise<void>;
  /** Shuts down in order and waits until no process of the host is left. Its disk stays. Does nothing when the host is off. */
  powerOff(): Promise<void>;
  /** Simulates a power loss: kills all processes of the host. */
  cutPower(): Promise<void>;
  /** Reboots in order and waits until systemd has started everything again. */
  reboot(): Promise<void>;
  exec(shellCommand: string): Promise<CommandResult>;
  /**
   * The prefix that runs a program of this machine in the host's network, until the host is turned off.
   * @throws Error when the host is off.
   */
  readNetworkEntry(): readonly [command: string, ...commandArguments: string[]];
  /** Connects the host to the bridge, or disconnects it: packets in either direction are then dropped silently. */
  setReachable(isReachable: boolean): Promise<void>;
}

/** Creates the host's folders; the host is off. */
export const createHostMachine = (parts: HostMachineParts): HostMachine => {
  const { run, network, name } = parts;
  const disk = toDisk(run, name);
  for (const folder of ['upper', 'work', 'root', 'containerd', 'docker'])
    mkdirSync(join(disk, folder), { recursive: true });
  const machineName = `host${parts.index}`;
  let supervisor: ManagedProcess | undefined;

  const isOn = (): boolean => supervisor?.isRunning() === true;
  const readLeader = (): ProcessIdentity | undefined =>
    supervisor === undefined ? undefined : findLeader(supervisor.identity.pid);
  const requireLeader = (): ProcessIdentity => {
    const leader = readLeader();
    if (leader === undefined)
      throw new Error(`The host ${name} is off or has not booted yet: commands cannot run on it.`);
    return leader;
  };
  const exec: HostMachine['exec'] = async (shellCommand) => execIn(requireLeader(), shellCommand);
  const awaitBooted = async (earlier?: ProcessIdentity): Promise<void> => {
    await awaitCondition(
      `the host ${name} has booted`,
      async () => {
        supervisor?.checkRunning();
        const leader = readLeader();
        if (leader === undefined || (earlier !== undefined && leader.pid === earlier.pid)) return false;
        // Fails until systemd accepts connections.
        const { stdout } = await execIn(leader, 'systemctl is-system-running --wait');
        return BOOTED_STATES.includes(stdout.trim()) && isRunning(leader);
      },
      { timeoutMilliseconds: BOOT_TIMEOUT_MILLISECONDS, intervalMilliseconds: 100 },
    );
  };
  const awaitOff = async (): Promise<void> => {
    await awaitCondition(`the host ${name} is off`, () => !isOn(), {
      timeoutMilliseconds: POWER_OFF_TIMEOUT_MILLISECONDS,
    });
  };

  return {
    ownFiles: join(disk, 'upper'),
    logPath: toLogPath(run, name),
    isOn,
    exec,
    readNetworkEntry: () => ['nsenter', `--net=/proc/${requireLeader().pid}/ns/net`, '--'],
    powerOn: async () => {
      if (isOn()) return;
      supervisor = startSupervisor(parts, disk, machineName);
      await awaitBooted();
    },
    powerOff: async () => {
      if (!isOn()) return;
      await exec('systemctl poweroff');
      await awaitOff();
    },
    cutPower: async () => {
      await supervisor?.stop('SIGKILL');
    },
    reboot: async () => {
      const earlier = readLeader();
      await exec('systemctl reboot');
      await awaitBooted(earlier);
    },
    setReachable: async (isReachable) => {
      // The name that nspawn gives to its end of the link (systemd-nspawn(1), --network-bridge=).
      const link = ['ip', 'link', 'set', `vb-${machineName}`, isReachable ? 'up' : 'down'];
      const [command, ...rest] = [...network.enter, ...link];
      const { exitCode, stderr } = await runCommand(command, rest, { environment: toToolEnvironment() });
      if (exitCode !== 0) throw new Error(`Cannot change the network link of the host ${name}: ${stderr.trim()}`);
    },
  };
};

/** Removes disk and log of a host that is off. */
export const removeDisk = (run: RunDirectory, hostName: string): void => {
  rmSync(toDisk(run, hostName), { recursive: true, force: true, maxRetries: 5 });
  rmSync(toLogPath(run, hostName), { force: true });
};

const toDisk = (run: RunDirectory, hostName: string): string => join(run.path, 'hosts', hostName);

const toLogPath = (run: RunDirectory, hostName: string): string => join(run.path, `host-${hostName}.log`);

/** Uses a PID namespace, which ends with its first process, and a mount namespace, which ends with its last. */
const startSupervisor = (parts: HostMachineParts, disk: string, machineName: string): ManagedProcess => {
  const { run, network, image, name, docker } = parts;
  const binds = { containerd: '/var/lib/containerd', ...(docker ? { docker: '/var/lib/docker' } : {}) };
  const [command, ...enter] = network.enter;
  const isolate = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
  // Their snapshots are overlays, which cannot be on an overlay.
  const bindFlags = Object.entries(binds).map(([folder, place]) => `--bind=${join(disk, folder)}:${place}`);
  return startProcess(run, {
    name: `host-${name}`,
    command,
    arguments: [...enter, ...isolate, 'sh', SUPERVISOR, ...bindFlags],
    environment: {
      PATH: toToolEnvironment({})['PATH'] ?? '',
      DISK: disk,
      LOWER: image.lowerDirectories.join(':'),
      CGROUPS: createHostCgroups(run.runId, name).join(' '),
      MACHINE: machineName,
      HOST_NAME: name,
      BRIDGE: network.bridgeName,
    },
  });
};

/** The host's systemd, its first process; another one after each reboot. */
const findLeader = (supervisorPid: number): ProcessIdentity | undefined => {
  const nspawn = findDescendant(supervisorPid, 'systemd-nspawn');
  const leader = nspawn === undefined ? undefined : listChildren(nspawn).find((pid) => readName(pid) === 'systemd');
  return leader === undefined ? undefined : readProcessIdentity(leader);
};

const findDescendant = (pid: number, name: string): number | undefined => {
  for (const child of listChildren(pid)) {
    const found = readName(child) === name ? child : findDescendant(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
};

const listChildren = (pid: number): number[] => {
  const text = readProcFile(`/proc/${pid}/task/${pid}/children`).trim();
  return text === '' ? [] : text.split(' ').map(Number);
};

const readName = (pid: number): string => readProcFile(`/proc/${pid}/comm`).trim();

/** Empty when the process is gone. */
const readProcFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT') || isErrorWithCode(error, 'ESRCH')) return '';
    throw error;
  }
};

/** Enters all namespaces of the host; the command stays in the cgroup of this process. */
const execIn = (leader: ProcessIdentity, shellCommand: string): Promise<CommandResult> => {
  const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
  const enter = ['--target', String(leader.pid), '--all', '--', 'sh', '-c', shellCommand];
  return runCommand('nsenter', enter, { environment, timeoutMilliseconds: EXEC_TIMEOUT_MILLISECONDS });
};
