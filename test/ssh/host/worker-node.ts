import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';
import type { HostMarker } from '../../../src/domain/host/facts.ts';
import type { StageInput } from '../../../src/ports/host.ts';
import { toCaHash } from '../../../src/kube/facts/read-ca-hash.ts';
import { toContainerd, toKubelet } from './planted-runtimes.ts';
import type { ScratchHost } from './scratch-host.ts';

const authority = createCertificateAuthority('kubernetes');
const foreignAuthority = createCertificateAuthority('another cluster');
const client = authority.issue({ commonName: 'system:node:worker-1', organization: 'system:nodes', usage: 'client' });

/** This cluster and another one, as they appear in kubeconfigs. */
export const CLUSTER = {
  ca: authority.certificate,
  caData: Buffer.from(authority.certificate).toString('base64'),
  caHash: toCaHash(authority.certificate),
  server: 'https://10.0.0.1:6443',
};
export const OTHER_CLUSTER = {
  ca: foreignAuthority.certificate,
  caData: Buffer.from(foreignAuthority.certificate).toString('base64'),
  server: 'https://192.0.2.9:6443',
};
export const CLIENT = client;

export const MARKER: HostMarker = {
  operationId: 'op-1',
  nodeName: 'worker-1',
  nodeUid: '6f1c2c1e-0000-4000-8000-000000000001',
  machineID: '0123456789abcdef0123456789abcdef',
  caHash: CLUSTER.caHash,
};

export const KUBELET_UNITS = ['kubelet.service'];

export const stageInput = (overrides: Partial<StageInput> = {}): StageInput => ({
  marker: MARKER,
  kubeletUnits: KUBELET_UNITS,
  deadlineSeconds: 120,
  ...overrides,
});

/** A command that writes a file, its folders included. */
export const toFile = (path: string, content: string): string =>
  `mkdir -p '${path.slice(0, path.lastIndexOf('/'))}' && base64 -d >'${path}' <<'CONTENT'\n${Buffer.from(content).toString('base64')}\nCONTENT`;

/** A command that creates a unit of systemd's stand-in. */
export const toUnit = (name: string, state = 'loaded active enabled'): string =>
  `mkdir -p /run/stub/units && echo '${state}' >/run/stub/units/${name}`;

export const toKubeconfig = (cluster: { readonly caData: string; readonly server: string }, user: string): string =>
  [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    '- cluster:',
    `    certificate-authority-data: ${cluster.caData}`,
    `    server: ${cluster.server}`,
    '  name: kubernetes',
    'contexts:',
    '- context:',
    '    cluster: kubernetes',
    `    user: ${user}`,
    '  name: here',
    'current-context: here',
    'users:',
    `- name: ${user}`,
    '  user:',
    '    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem',
    '    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem',
    '',
  ].join('\n');

/** Makes the host a worker that kubeadm joined: a running kubelet with its credentials and files, on containerd without pods. */
export const plantWorker = async (host: ScratchHost): Promise<void> => {
  await plantBareWorker(host);
  await host.sh([toContainerd(), toKubelet('/run/containerd/containerd.sock')].join('\n'));
};

/** The same without a runtime and without a kubelet's process. */
export const plantBareWorker = async (host: ScratchHost): Promise<void> => {
  await host.sh(
    [
      toUnit('kubelet.service'),
      toFile('/etc/systemd/system/kubelet.service', '[Service]\nExecStart=/usr/bin/kubelet\n'),
      toFile('/etc/kubernetes/kubelet.conf', toKubeconfig(CLUSTER, 'default-auth')),
      toFile('/etc/kubernetes/pki/ca.crt', CLUSTER.ca),
      toFile('/var/lib/kubelet/pki/kubelet-client-2026-01-01.pem', `${client.certificate}${client.key}`),
      'ln -s /var/lib/kubelet/pki/kubelet-client-2026-01-01.pem /var/lib/kubelet/pki/kubelet-client-current.pem',
      toFile('/var/lib/kubelet/config.yaml', 'kind: KubeletConfiguration\n'),
      toFile('/var/lib/kubelet/.hidden', 'x'),
    ].join('\n'),
  );
};
