import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';
import type { HostMarker } from '../../../src/domain/host/facts.ts';
import type { StageInput } from '../../../src/ports/host.ts';
import { toCaHashes } from '../../../src/kube/facts/read-ca-hashes.ts';
import { toContainerd } from './planted-runtimes.ts';
import type { ScratchHost } from './scratch-host.ts';

const authority = createCertificateAuthority('kubernetes');
const foreignAuthority = createCertificateAuthority('another cluster');
const client = authority.issue({ commonName: 'system:node:worker-1', organization: 'system:nodes', usage: 'client' });

/** This cluster and another one, as they appear in kubeconfigs. */
export const CLUSTER = {
  ca: authority.certificate,
  caData: Buffer.from(authority.certificate).toString('base64'),
  caHashes: toCaHashes(authority.certificate),
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
  caHashes: CLUSTER.caHashes,
};

export const KUBELET_UNITS = ['kubelet.service'];

/** A stage's input; without a layout, `runStage` reads it from the host, as preflight does. */
export type StageOrder = Omit<StageInput, 'layout'> & Partial<Pick<StageInput, 'layout'>>;

export const stageInput = (overrides: Partial<StageOrder> = {}): StageOrder => ({
  marker: MARKER,
  kubeletUnits: KUBELET_UNITS,
  deadlineSeconds: 120,
  ...overrides,
});

/** The facts of `plantWorker`. */
export const WORKER_FACTS = {
  KUBELET_ROOT: '/var/lib/kubelet',
  KUBELET_CONFIG: '/var/lib/kubelet/config.yaml',
  KUBELET_KUBECONFIG: '/etc/kubernetes/kubelet.conf',
  KUBELET_BOOTSTRAP: '/etc/kubernetes/bootstrap-kubelet.conf',
  KUBELET_CERTIFICATES: '/var/lib/kubelet/pki',
  KUBELET_ENDPOINT: '/run/containerd/containerd.sock',
  KUBELET_POD_LOGS: '/var/log/pods',
  KUBELET_CGROUP_ROOT: '/',
  KUBELET_PORT: '10250',
  RUNTIME_KIND: 'containerd',
  RUNTIME_ENDPOINT: '/run/containerd/containerd.sock',
  RUNTIME_ADDRESS: '/run/containerd/containerd.sock',
  RUNTIME_ROOT: '/var/lib/containerd',
  RUNTIME_STATE: '/run/containerd',
  RUNTIME_NAMESPACE: 'k8s.io',
  RUNTIME_UNIT: 'containerd.service',
  RUNTIME_UNITS: 'containerd.service',
  RUNTIME_PROGRAM: '/usr/bin/containerd',
};

/** The same, complete: with the layout of `plantWorker`. */
export const startInput = (overrides: Partial<StageInput> = {}): StageInput => ({
  ...stageInput(),
  layout: {
    facts: Object.entries(WORKER_FACTS).map(([name, value]) => ({ name, value })),
    preview: {
      touched: [
        { kind: 'unit', name: 'kubelet.service', detail: '' },
        { kind: 'runtime', name: '/run/containerd/containerd.sock', detail: '' },
        { kind: 'unit', name: 'containerd.service', detail: '' },
      ],
      kept: [],
    },
  },
  ...overrides,
});

/** The flags with which kubeadm starts the kubelet. */
export const KUBEADM_FLAGS = [
  '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
  '--kubeconfig=/etc/kubernetes/kubelet.conf',
  '--config=/var/lib/kubelet/config.yaml',
];

/** A command that runs a stand-in with any command line, in the control group of its unit; `systemctl stop` ends it. */
export const toUnitProcess = (unit: string, program: string, flags: readonly string[]): string => {
  const words = [program, '-e', 'sleep 600', '--', ...flags].map((word) => `'${word}'`).join(' ');
  const group = `/sys/fs/cgroup/system.slice/${unit}`;
  return `mkdir -p ${group} /run/stub/pids
    setsid perl -e 'exec {"/usr/bin/perl"} @ARGV' -- ${words} </dev/null >/dev/null 2>&1 &
    echo $! >>${group}/cgroup.procs
    [ -e /run/stub/pids/${unit} ] || echo $! >/run/stub/pids/${unit}`;
};

/** A command that replaces the running kubelet with one that has these flags. */
export const toKubelet = (flags: readonly string[] = KUBEADM_FLAGS, unit = 'kubelet.service'): string =>
  `if [ -e /run/stub/pids/${unit} ]; then kill "$(cat /run/stub/pids/${unit})" 2>/dev/null; rm -f /run/stub/pids/${unit} /sys/fs/cgroup/system.slice/${unit}/cgroup.procs; fi
    ${toUnitProcess(unit, '/usr/bin/kubelet', flags)}`;

/** The same with a kubelet that uses the runtime on this socket. */
export const toKubeletOn = (endpoint: string, ...flags: readonly string[]): string =>
  toKubelet([...KUBEADM_FLAGS, `--container-runtime-endpoint=unix://${endpoint}`, ...flags]);

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

/** Makes the host a worker that kubeadm joined: a running kubelet with its credentials and files, on a containerd without pods. */
export const plantWorker = async (host: ScratchHost): Promise<void> => {
  await plantFiles(host);
  await host.sh(`${toContainerd()}\n${toKubelet()}`);
};

/** The kubelet's unit, credentials and files only. */
export const plantFiles = async (host: ScratchHost): Promise<void> => {
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
