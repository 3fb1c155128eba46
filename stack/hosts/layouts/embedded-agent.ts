import { toKubeconfigText, toKubeletConfigText, toNodeFlags } from '../kubelet-files.ts';
import { WITHOUT_KUBEADM } from './binary-installation.ts';
import { CRI_SETTINGS } from './cri-settings.ts';
import type { JoinedHost, ToLayout } from './host-layout.ts';

const ROOT = '/var/lib/k0s';
const STATE = '/run/k0s';
const PAIR = `${ROOT}/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem`;
const CURRENT = `${ROOT}/kubelet/pki/kubelet-client-current.pem`;

/** The unit that runs kubelet and containerd. */
export const EMBEDDED_AGENT_UNIT = 'k0sworker.service';

/**
 * A worker as k0s lays it out: one unit, whose process starts its own containerd and the kubelet as children. Paths, flags and file names are
 * those of k0s; the unit's program is a script. There is no unit of the kubelet, and the stock containerd does not run.
 */
export const embeddedAgent = (): ToLayout => (host) => ({
  files: {
    '/usr/local/bin/k0s': toAgent(host),
    [`/etc/systemd/system/${EMBEDDED_AGENT_UNIT}`]: UNIT,
    '/etc/k0s/containerd.toml': CONTAINERD,
    '/etc/k0s/join-token': 'H4sIAAAAAAAC/2pvaW4gdG9rZW4=\n',
    [`${ROOT}/kubelet-config.yaml`]: toKubeletConfigText({
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true, cacheTTL: '0s' },
        x509: { clientCAFile: `${ROOT}/pki/ca.crt` },
      },
      containerRuntimeEndpoint: `unix://${STATE}/containerd.sock`,
      staticPodPath: '/etc/k0s/manifests',
      volumePluginDir: '/usr/libexec/k0s/kubelet-plugins/volume/exec',
    }),
    [`${ROOT}/kubelet.conf`]: toKubeconfigText(host, { 'client-certificate': CURRENT, 'client-key': CURRENT }),
    [`${ROOT}/kubelet-bootstrap.conf`]: toKubeconfigText(host, { token: 'abcdef.0123456789abcdef' }),
    [`${ROOT}/pki/ca.crt`]: host.clusterAuthority,
    [PAIR]: `${host.kubelet.certificate}${host.kubelet.key}`,
  },
  links: {
    [CURRENT]: PAIR,
    [`${ROOT}/bin/kubelet`]: '/usr/bin/kubelet',
    [`${ROOT}/bin/containerd`]: '/usr/bin/containerd',
  },
  without: [
    ...WITHOUT_KUBEADM,
    '/usr/lib/systemd/system/kubelet.service',
    '/etc/systemd/system/multi-user.target.wants/kubelet.service',
    '/etc/systemd/system/multi-user.target.wants/containerd.service',
    '/etc/systemd/system/multi-user.target.wants/containerd-images.service',
  ],
  enabledUnits: [EMBEDDED_AGENT_UNIT],
  isOwnInstallation: true,
});

/** As `k0s install worker` writes it. */
const UNIT = `[Unit]
Description=k0s - Zero Friction Kubernetes
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=/usr/local/bin/k0s worker --token-file=/etc/k0s/join-token
Delegate=yes
KillMode=process
LimitNOFILE=999999
Restart=always
RestartSec=10
TimeoutStartSec=0

[Install]
WantedBy=multi-user.target
`;

const CONTAINERD = `version = 2

${CRI_SETTINGS}`;

/** On SIGTERM both children end; shims and containers keep running, as with k0s. */
const toAgent = (host: JoinedHost): string => `#!/bin/sh
set -eu
mkdir -p ${STATE}
${ROOT}/bin/containerd --root=${ROOT}/containerd --state=${STATE}/containerd --address=${STATE}/containerd.sock \\
  --log-level=info --config=/etc/k0s/containerd.toml &
containerd=$!
kubelet=
stop() {
  for pid in $kubelet $containerd; do
    kill "$pid" || true
    wait "$pid" || true
  done
  exit
}
trap stop TERM
until ctr --address ${STATE}/containerd.sock version >/dev/null 2>&1; do sleep 0.2; done
for image in /opt/images/*.tar; do
  ctr --address ${STATE}/containerd.sock -n k8s.io images import --snapshotter native "$image"
done
${ROOT}/bin/kubelet ${toNodeFlags(host).join(' ')} --root-dir=${ROOT}/kubelet --cert-dir=${ROOT}/kubelet/pki \\
  --config=${ROOT}/kubelet-config.yaml --kubeconfig=${ROOT}/kubelet.conf --bootstrap-kubeconfig=${ROOT}/kubelet-bootstrap.conf \\
  --runtime-cgroups=/system.slice/containerd.service --v=1 &
kubelet=$!
wait $kubelet
`;
