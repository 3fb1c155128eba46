import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManagedProcess } from '../../../stack/processes/managed-process.ts';
import type { Harness } from './harness.ts';

/** Changes to the section `hosts` of the configuration. */
export interface HostsChange {
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly nodes?: readonly Readonly<Record<string, unknown>>[];
}

let counter = 0;

/** Starts a worker with a separate configuration file: the harness's, with other connection settings for the hosts. */
export const startWorkerWithHosts = async (harness: Harness, change: HostsChange): Promise<ManagedProcess> => {
  const original = JSON.parse(readFileSync(harness.environment['NODE_DECOMMISSION_CONFIG'] ?? '', 'utf8')) as {
    readonly hosts: { readonly defaults: object };
  };
  const path = join(harness.stack.directory, `hosts-${(counter += 1)}.yaml`);
  const hosts = { ...change, defaults: { ...original.hosts.defaults, ...change.defaults } };
  writeFileSync(path, JSON.stringify({ ...original, hosts }));
  return await harness.startWorker({ NODE_DECOMMISSION_CONFIG: path });
};
