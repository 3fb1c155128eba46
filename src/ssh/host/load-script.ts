import { readFileSync } from 'node:fs';

const READ_KUBELET = [
  'lib/base.sh',
  'lib/mounts.sh',
  'lib/units.sh',
  'lib/processes.sh',
  'read/kubelet-process.sh',
  'read/kubelet.sh',
  'read/cluster.sh',
] as const;

const READ_KUBERNETES = [
  ...READ_KUBELET,
  'runtime/sockets.sh',
  'runtime/runtimes.sh',
  'runtime/runtime-settings.sh',
  'runtime/containers.sh',
  'runtime/runtime-users.sh',
  'runtime/shims.sh',
  'runtime/pod-cgroups.sh',
  'read/kubeconfig-program.sh',
  'read/kubeconfigs.sh',
  'read/kubelet-trees.sh',
  'read/kube-proxy.sh',
  'read/etc-kubernetes.sh',
  'read/join-tokens.sh',
  'read/registry-credentials.sh',
  'read/list-credentials.sh',
] as const;

const READ_LEFTOVERS = [
  'leftovers/listing.sh',
  'leftovers/links.sh',
  'leftovers/firewall.sh',
  'leftovers/block-devices.sh',
  'leftovers/images.sh',
  'leftovers/leftovers.sh',
] as const;

/** Parts of each script that runs on hosts, in order; files in `scripts`. */
const PARTS = {
  probe: [
    ...READ_KUBERNETES,
    'runtime/probe-runtime.sh',
    'read/volume-mounts.sh',
    'read/preview-files.sh',
    ...READ_LEFTOVERS,
    'read/identity.sh',
    'read/probe.sh',
  ],
  identify: [...READ_KUBELET, 'read/volume-mounts.sh', 'read/identity.sh', 'read/identify.sh'],
  stage: [
    ...READ_KUBERNETES,
    'lib/report.sh',
    'lib/writable.sh',
    'stages/keep-facts.sh',
    'stages/stop-units.sh',
    'stages/record-pods.sh',
    'stages/remove-pods.sh',
    'stages/remove-by-ctr.sh',
    'stages/remove-docker-pods.sh',
    'stages/turn-off-runtime.sh',
    'lib/holders.sh',
    'lib/trees.sh',
    'stages/turn-off-proxy.sh',
    'stages/remove-credentials.sh',
    'stages/remove-files.sh',
    'stages/stop-kubelet.sh',
    'stages/clean-host.sh',
    'stages/stage.sh',
  ],
  proveAbility: ['lib/base.sh', 'lib/units.sh', 'stages/prove-ability.sh'],
  startStage: ['lib/base.sh', 'lib/units.sh', 'lib/writable.sh', 'stages/start-stage.sh'],
  readStage: ['lib/base.sh', 'lib/units.sh', 'read/read-stage.sh'],
  withdraw: ['lib/base.sh', 'lib/units.sh', 'stages/withdraw.sh'],
} as const;

export type HostScript = keyof typeof PARTS;

export const HOST_SCRIPTS = Object.keys(PARTS) as readonly HostScript[];

const loaded = new Map<HostScript, string>();

/**
 * The text of a script for POSIX sh, as it is sent: without comments, empty lines and indentation, because a command has a maximum length.
 * Read once.
 *
 * @throws Error of `node:fs`: the package lacks its scripts.
 */
export const loadScript = (name: HostScript): string => {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const text = readScript(name)
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n');
  loaded.set(name, `${text}\n`);
  return `${text}\n`;
};

/**
 * The same script as it is written, from the folder `scripts` beside this file.
 *
 * @throws Error of `node:fs`: the package lacks its scripts.
 */
export const readScript = (name: HostScript): string =>
  PARTS[name].map((part) => readFileSync(new URL(`scripts/${part}`, import.meta.url), 'utf8')).join('\n');
