import type { HostFacts, HostRuntime } from './facts.ts';
import { toShortList } from '../text/counts.ts';
import { MAX_LISTED, toBindingList } from './preview.ts';
import { isUnitThere } from './units.ts';

/**
 * Why the stages cannot run on the host. Whole sentences; empty when they can.
 *
 * @param kubeletUnits the configured names; each unit must exist, or a kubelet could keep running unnoticed.
 */
export const judgeHostReadiness = (facts: HostFacts, kubeletUnits: readonly string[]): readonly string[] => {
  if (!facts.isRoot) {
    return [
      'The SSH user has no root privileges on the host: log in as root, or set `sudo: true` and allow the user `sudo -n`.',
    ];
  }
  if (!facts.hasSystemd) {
    return [
      'The host does not run systemd, so its kubelet cannot be stopped permanently. Clean the host manually and set `hostCleanup: skip`.',
    ];
  }
  const missingUnits = findMissingUnits(facts, kubeletUnits);
  // Without its unit, everything about the kubelet is unknown.
  const unknowns = missingUnits.length > 0 ? [] : judgeUnknowns(facts);
  return [...missingUnits, ...unknowns, ...judgeUnreadHomes(facts), ...judgeLayout(facts), ...judgeRuntime(facts)];
};

const judgeUnknowns = ({ unknowns }: HostFacts): readonly string[] =>
  unknowns.map(({ what, command }) => `It is unknown ${what}. On the host, \`${command}\` shows more.`);

/** After the cleanup they would still be unknown, so the host could never be verified as clean. */
const judgeUnreadHomes = ({ unseen }: HostFacts): readonly string[] => {
  const homes = unseen.filter(({ name }) => /^(home|kubeconfig) \//.test(name));
  if (homes.length === 0) return [];
  const listed = toShortList(
    homes.map(({ name, why }) => `${name} (${why})`),
    MAX_HOMES_SHOWN,
  );
  return [
    `Kubeconfigs of this cluster may stay on the host, because these could not be searched: ${listed}. To clean the host anyway and list ` +
      'them as left, set `unreadHomes: leave` for it in the configuration.',
  ];
};

const MAX_HOMES_SHOWN = 5;

const judgeLayout = ({ layout }: HostFacts): readonly string[] => {
  const count = toBindingList(layout.preview).length;
  return count > MAX_LISTED
    ? [
        `The host has ${count} units, directories and files of this cluster, more than the ${MAX_LISTED} that one run handles. Clean it manually and set \`hostCleanup: skip\`.`,
      ]
    : [];
};

const findMissingUnits = ({ units }: HostFacts, kubeletUnits: readonly string[]): readonly string[] => {
  if (kubeletUnits.length === 0) return ['The configuration has no kubelet unit: set `kubeletUnits`.'];
  return kubeletUnits
    .filter((name) => !units.some((unit) => unit.name === name && isUnitThere(unit)))
    .map(
      (name) =>
        `The host has no unit ${name}: set \`kubeletUnits\` in the configuration to the unit that runs its kubelet.`,
    );
};

const judgeRuntime = ({ runtime, unknowns }: HostFacts): readonly string[] => {
  if (runtime === undefined) {
    // Each unknown is a sentence of its own.
    return unknowns.length > 0
      ? []
      : [
          "The host's kubelet uses no supported container runtime: containerd, docker with cri-dockerd, or CRI-O, each as a unit of its own. " +
            'Clean the host manually and set `hostCleanup: skip`.',
        ];
  }
  const { kind, tool, answers, belongsToAgent } = runtime;
  if (belongsToAgent === true) {
    return [
      `The host's ${kind} is part of its Kubernetes agent (k3s, rke2, k0s) and stops with it, so its pods cannot be removed once the kubelet ` +
        'is stopped. Clean the host with the command of its distribution (k3s-agent-uninstall.sh, rke2-uninstall.sh, k0s reset) and set ' +
        '`hostCleanup: skip`.',
    ];
  }
  if (tool === undefined) return [`The host has ${kind}, but no tool to manage it: install ${TOOLS[kind]}.`];
  return answers ? [] : [`The host's container runtime ${kind} does not respond: find out why, or restart it.`];
};

const TOOLS: Readonly<Record<HostRuntime['kind'], string>> = {
  containerd: 'crictl or ctr',
  docker: 'docker',
  crio: 'crictl',
};
