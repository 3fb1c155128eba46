import type { HostFacts, HostRuntime } from './facts.ts';
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
  return [...missingUnits, ...unknowns, ...judgeLayout(facts), ...judgeRuntimes(facts.runtimes)];
};

const judgeUnknowns = ({ unknowns }: HostFacts): readonly string[] =>
  unknowns.map(({ what, command }) => `It is unknown ${what}. On the host, \`${command}\` shows more.`);

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

const judgeRuntimes = (runtimes: readonly HostRuntime[]): readonly string[] => {
  if (runtimes.length === 0) return ['The host has no supported container runtime (containerd, docker, crio).'];
  if (runtimes.some(({ belongsToAgent }) => belongsToAgent === true)) {
    return [
      "The host's containerd is part of its Kubernetes agent (k3s, rke2) and stops with it, so its pods cannot be removed once the kubelet " +
        'is stopped. Clean the host with the script of its distribution (k3s-agent-uninstall.sh, rke2-uninstall.sh) and set `hostCleanup: skip`.',
    ];
  }
  const unreachable = runtimes
    .filter(({ tool }) => tool === undefined)
    .map(({ kind }) => `The host has ${kind}, but no tool to manage it: install ${TOOLS[kind]}.`);
  if (unreachable.length > 0 || runtimes.some(({ answers }) => answers)) return unreachable;
  return [
    `No container runtime of the host responds (${runtimes.map(({ kind }) => kind).join(', ')}): find out why, or restart it.`,
  ];
};

const TOOLS: Readonly<Record<HostRuntime['kind'], string>> = {
  containerd: 'crictl or ctr',
  docker: 'docker',
  crio: 'crictl',
};
