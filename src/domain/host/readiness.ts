import type { HostFacts, HostRuntime } from './facts.ts';
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
  return [...findMissingUnits(facts, kubeletUnits), ...judgeRuntime(facts.runtime)];
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

const judgeRuntime = (runtime: HostRuntime | undefined): readonly string[] => {
  if (runtime === undefined) {
    return [
      "The container runtime that the host's kubelet uses is unknown, so its pods cannot be removed. Supported are containerd, docker with " +
        'cri-dockerd, and CRI-O, each as a unit of its own. Clean the host manually and set `hostCleanup: skip`.',
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
