import { toKubeconfigText, toKubeletConfigText, toNodeFlags } from '../kubelet-files.ts';
import type { HostLayout, JoinedHost, ToLayout } from './host-layout.ts';

const ROOT = '/opt/kubernetes';
const PAIR = `${ROOT}/ssl/kubelet-client-2026-01-01-00-00-00.pem`;
const CURRENT = `${ROOT}/ssl/kubelet-client-current.pem`;

/** Of kubeadm and of the image, which such a host does not have. */
export const WITHOUT_KUBEADM: readonly string[] = [
  '/etc/kubernetes',
  '/usr/lib/systemd/system/kubelet.service.d',
  '/usr/bin/kubeadm',
  '/var/lib/kubelet',
];

/**
 * Kubelet and kube-proxy as units that an administrator wrote, with everything in /opt/kubernetes: `bin`, `cfg` with kubeconfigs and a
 * bootstrap token, `ssl` with certificates and keys, `logs`. The kubelet's directory is the default one. The program of kube-proxy only waits.
 */
export const binaryInstallation = (): ToLayout => (host) => ({
  files: {
    [`${ROOT}/cfg/kubelet.conf`]: `KUBELET_OPTS="${toFlags(host).join(' ')}"\n`,
    [`${ROOT}/cfg/kubelet-config.yml`]: toKubeletConfigText({
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true, cacheTTL: '0s' },
        x509: { clientCAFile: `${ROOT}/ssl/ca.pem` },
      },
      staticPodPath: `${ROOT}/manifests`,
      tlsCertFile: `${ROOT}/ssl/kubelet.pem`,
      tlsPrivateKeyFile: `${ROOT}/ssl/kubelet-key.pem`,
    }),
    [`${ROOT}/cfg/kubelet.kubeconfig`]: toKubeconfigText(host, {
      'client-certificate': CURRENT,
      'client-key': CURRENT,
    }),
    [`${ROOT}/cfg/bootstrap.kubeconfig`]: toKubeconfigText(host, { token: 'abcdef.0123456789abcdef' }),
    [`${ROOT}/cfg/kube-proxy.conf`]: `KUBE_PROXY_OPTS="--config=${ROOT}/cfg/kube-proxy-config.yml"\n`,
    [`${ROOT}/cfg/kube-proxy-config.yml`]: [
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1',
      'kind: KubeProxyConfiguration',
      'clientConnection:',
      `  kubeconfig: ${ROOT}/cfg/kube-proxy.kubeconfig`,
      '',
    ].join('\n'),
    [`${ROOT}/cfg/kube-proxy.kubeconfig`]: toKubeconfigText(host, {
      'client-certificate': `${ROOT}/ssl/kube-proxy.pem`,
      'client-key': `${ROOT}/ssl/kube-proxy-key.pem`,
    }),
    ...toCertificates(host),
    [`${ROOT}/bin/kube-proxy`]: '#!/bin/sh\ntrap exit TERM\nwhile :; do sleep 2147483647 & wait $!; done\n',
    '/etc/systemd/system/kubelet.service': toUnit('kubelet', 'KUBELET_OPTS', 'containerd.service'),
    '/etc/systemd/system/kube-proxy.service': toUnit('kube-proxy', 'KUBE_PROXY_OPTS', 'network.target'),
  },
  links: { [`${ROOT}/bin/kubelet`]: '/usr/bin/kubelet', [CURRENT]: PAIR },
  without: WITHOUT_KUBEADM,
  enabledUnits: ['kube-proxy.service'],
  isOwnInstallation: true,
});

const toFlags = (host: JoinedHost): string[] => [
  ...toNodeFlags(host),
  `--config=${ROOT}/cfg/kubelet-config.yml`,
  `--kubeconfig=${ROOT}/cfg/kubelet.kubeconfig`,
  `--bootstrap-kubeconfig=${ROOT}/cfg/bootstrap.kubeconfig`,
  `--cert-dir=${ROOT}/ssl`,
];

/** The client pair stands for all: what it proves is not tested here, only what stays on the host. */
const toCertificates = ({ clusterAuthority, kubelet }: JoinedHost): NonNullable<HostLayout['files']> => ({
  [`${ROOT}/ssl/ca.pem`]: clusterAuthority,
  [PAIR]: `${kubelet.certificate}${kubelet.key}`,
  [`${ROOT}/ssl/kubelet.pem`]: kubelet.certificate,
  [`${ROOT}/ssl/kubelet-key.pem`]: kubelet.key,
  [`${ROOT}/ssl/kube-proxy.pem`]: kubelet.certificate,
  [`${ROOT}/ssl/kube-proxy-key.pem`]: kubelet.key,
});

const toUnit = (program: string, options: string, after: string): string => `[Unit]
Description=Kubernetes ${program}
After=${after}

[Service]
EnvironmentFile=${ROOT}/cfg/${program}.conf
ExecStart=${ROOT}/bin/${program} $${options}
Restart=on-failure

[Install]
WantedBy=multi-user.target
`;
