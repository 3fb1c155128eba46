import { readFileSync } from 'node:fs';

const READ_KUBERNETES = [
  'base.sh',
  'mounts.sh',
  'units.sh',
  'processes.sh',
  'kubelet.sh',
  'runtimes.sh',
  'kubeconfig-program.sh',
  'kubeconfigs.sh',
  'list-credentials.sh',
] as const;

/** Parts of each script that runs on hosts, in order; files in `scripts`. */
const PARTS = {
  probe: [...READ_KUBERNETES, 'probe.sh'],
  stage: [
    ...READ_KUBERNETES,
    'report.sh',
    'keep-facts.sh',
    'stop-units.sh',
    'remove-pods.sh',
    'trees.sh',
    'remove-credentials.sh',
    'stop-kubelet.sh',
    'clean-host.sh',
    'stage.sh',
  ],
  startStage: ['base.sh', 'units.sh', 'start-stage.sh'],
  readStage: ['base.sh', 'units.sh', 'read-stage.sh'],
} as const;

export type HostScript = keyof typeof PARTS;

export const HOST_SCRIPTS = Object.keys(PARTS) as readonly HostScript[];

const loaded = new Map<HostScript, string>();

/**
 * The text of a script for POSIX sh. Read from beside this file once.
 *
 * @throws Error of `node:fs` when the package lacks its scripts.
 */
export const loadScript = (name: HostScript): string => {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const text = PARTS[name].map((part) => readFileSync(new URL(`scripts/${part}`, import.meta.url), 'utf8')).join('\n');
  loaded.set(name, text);
  return text;
};
