import type { Configuration } from '../config/configuration.ts';
import { findHostSettings } from '../config/host-settings.ts';
import type { Hosts } from '../ports/host.ts';
import { createSshHosts } from '../ssh/create-ssh-hosts.ts';
import { ShellHost } from '../ssh/host/shell-host.ts';

/** The nodes' hosts over SSH, from the configuration's `hosts`. Does not connect yet. */
export const createHosts = ({ hosts }: Configuration): Hosts => ({
  ...createSshHosts(
    (nodeName) => findHostSettings(hosts, nodeName),
    (shell, label, settings) => new ShellHost(shell, label, settings),
  ),
  findKubeletUnits: (nodeName) => findHostSettings(hosts, nodeName)?.kubeletUnits,
});
