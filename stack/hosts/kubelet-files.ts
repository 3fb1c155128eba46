import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse, stringify } from 'yaml';

import type { JoinedHost } from './layouts/host-layout.ts';

const CONFIG = join(import.meta.dirname, 'image/files/var/lib/kubelet/config.yaml');

/**
 * A kubeconfig as written by `kubeadm join`.
 * @param credentials the user, e.g. paths of the client certificate, which is in a separate file that the kubelet renews
 */
export const toKubeconfigText = (
  { serverUrl, clusterAuthority }: JoinedHost,
  credentials: Readonly<Record<string, string>>,
): string => {
  const authority = Buffer.from(clusterAuthority, 'utf8').toString('base64');
  const cluster = { server: serverUrl, 'certificate-authority-data': authority };
  const context = { cluster: 'default-cluster', namespace: 'default', user: 'default-auth' };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'default-cluster', cluster }],
    users: [{ name: 'default-auth', user: credentials }],
    contexts: [{ name: 'default-context', context }],
    'current-context': 'default-context',
  });
};

/** The kubelet's configuration in the image, with other values for some of its keys. */
export const toKubeletConfigText = (changes: Readonly<Record<string, unknown>>): string =>
  stringify({ ...(parse(readFileSync(CONFIG, 'utf8')) as object), ...changes });

/** Flags by which the kubelet finds its Node, as kubeadm passes them. */
export const toNodeFlags = ({ address, name }: JoinedHost): string[] => [
  `--node-ip=${address}`,
  `--hostname-override=${name}`,
];
