import type { HostFacts, HostRuntime } from './facts.ts';
import { isUnitThere } from './units.ts';

/**
 * Why the host's stages could not do their work there. Whole sentences; empty when they can.
 *
 * @param kubeletUnits names that the configuration gives; each must be there, or a kubelet would be left running unseen.
 */
export const judgeHostReadiness = (facts: HostFacts, kubeletUnits: readonly string[]): readonly string[] => {
  if (!facts.isRoot) {
    return ["The login has no root's rights on the host: log in as root, or set `sudo: true` and allow it `sudo -n`."];
  }
  if (!facts.hasSystemd) {
    return [
      'The host does not run systemd: its kubelet cannot be stopped for good from here. Clean it by hand and use `hostCleanup: skip`.',
    ];
  }
  return [...findMissingUnits(facts, kubeletUnits), ...judgeRuntimes(facts.runtimes)];
};

const findMissingUnits = ({ units }: HostFacts, kubeletUnits: readonly string[]): readonly string[] => {
  if (kubeletUnits.length === 0) return ['The configuration names no unit of the kubelet: set `kubeletUnits`.'];
  return kubeletUnits
    .filter((name) => !units.some((unit) => unit.name === name && isUnitThere(unit)))
    .map(
      (name) =>
        `The host has no unit ${name}: name the one that runs its kubelet as \`kubeletUnits\` in the configuration.`,
    );
};

const judgeRuntimes = (runtimes: readonly HostRuntime[]): readonly string[] => {
  if (runtimes.length === 0)
    return ['The host has no container runtime that is known here (containerd, docker, crio).'];
  if (runtimes.some(({ belongsToAgent }) => belongsToAgent === true)) {
    return [
      "The host's containerd is a part of its Kubernetes agent (k3s, rke2) and ends with it, so that its pods could not be taken away once " +
        'the kubelet is stopped. Clean it by the script that came with it (k3s-agent-uninstall.sh, rke2-uninstall.sh) and use `hostCleanup: skip`.',
    ];
  }
  const unreachable = runtimes
    .filter(({ tool }) => tool === undefined)
    .map(({ kind }) => `The host has ${kind}, but no tool that reaches it: install ${TOOLS[kind]}.`);
  if (unreachable.length > 0 || runtimes.some(({ answers }) => answers)) return unreachable;
  return [
    `No container runtime of the host answers (${runtimes.map(({ kind }) => kind).join(', ')}): find out why, or restart it.`,
  ];
};

const TOOLS: Readonly<Record<HostRuntime['kind'], string>> = {
  containerd: 'crictl or ctr',
  docker: 'docker',
  crio: 'crictl',
};
