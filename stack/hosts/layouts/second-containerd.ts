import { BUSYBOX_IMAGE } from '../container-images.ts';
import { toKubeletConfigText } from '../kubelet-files.ts';
import { CRI_SETTINGS } from './cri-settings.ts';
import type { ToLayout } from './host-layout.ts';

/** Of a containerd with its own root, state and socket. */
export const toSecondSocket = (name: string): string => `/run/containerd-${name}/containerd.sock`;

/**
 * A second containerd as unit `containerd-<name>.service`, with its root in /srv/<name>. It has the images of every host, and can run pods.
 * `start-pod-<name>` starts one as another cluster's kubelet does, on the host's network; it prints the ID of its container.
 */
export const secondContainerd =
  (name: string): ToLayout =>
  () => ({
    files: {
      [`/etc/containerd-${name}/config.toml`]: toConfig(name, `/srv/${name}/containerd`),
      [`/etc/systemd/system/containerd-${name}.service`]: toUnit(name),
      [`/usr/local/sbin/start-pod-${name}`]: toStartPod(name),
    },
    enabledUnits: [`containerd-${name}.service`],
  });

/** The kubelet uses the containerd of `secondContainerd(name)`; the stock one keeps running. */
export const kubeletOnSecond =
  (name: string): ToLayout =>
  () => ({
    files: {
      '/var/lib/kubelet/config.yaml': toKubeletConfigText({
        containerRuntimeEndpoint: `unix://${toSecondSocket(name)}`,
      }),
      '/etc/systemd/system/kubelet.service.d/20-runtime.conf': `[Unit]\nAfter=containerd-${name}.service\n`,
    },
  });

const toConfig = (name: string, root: string): string => `version = 2
root = "${root}"
state = "/run/containerd-${name}"

[grpc]
  address = "${toSecondSocket(name)}"

[plugins."io.containerd.internal.v1.opt"]
  path = "${root}/opt"

${CRI_SETTINGS}`;

/** As Debian's containerd.service. */
const toUnit = (name: string): string => `[Unit]
Description=containerd of ${name}
After=network.target local-fs.target disks.service
Before=kubelet.service

[Service]
Type=notify
ExecStart=/usr/bin/containerd --config /etc/containerd-${name}/config.toml
ExecStartPost=/bin/sh -ec 'for image in /opt/images/*.tar; do ctr --address ${toSecondSocket(name)} -n k8s.io images import --snapshotter native "$image"; done'
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
`;

const toStartPod = (name: string): string => {
  const metadata = {
    name: `pod-of-${name}`,
    namespace: 'default',
    uid: '0c0ffee0-0000-4000-8000-000000000009',
    attempt: 0,
  };
  const labels = {
    'io.kubernetes.pod.name': metadata.name,
    'io.kubernetes.pod.namespace': metadata.namespace,
    'io.kubernetes.pod.uid': metadata.uid,
  };
  const onHostNetwork = { security_context: { namespace_options: { network: 2 } } };
  const pod = { metadata, labels, log_directory: `/var/log/${name}`, linux: onHostNetwork };
  const container = {
    metadata: { name: 'main', attempt: 0 },
    labels: { ...labels, 'io.kubernetes.container.name': 'main' },
    image: { image: BUSYBOX_IMAGE },
    command: ['/bin/sh', '-c', 'trap exit TERM; while :; do sleep 2147483647 & wait $!; done'],
    log_path: 'main.log',
    linux: onHostNetwork,
  };
  return `#!/bin/sh
set -eu
mkdir -p /var/log/${name}
cat >/srv/${name}/pod.json <<'END'
${JSON.stringify(pod)}
END
cat >/srv/${name}/container.json <<'END'
${JSON.stringify(container)}
END
crictl="crictl --runtime-endpoint unix://${toSecondSocket(name)} --timeout 60s"
pod=$($crictl runp /srv/${name}/pod.json)
container=$($crictl create --no-pull "$pod" /srv/${name}/container.json /srv/${name}/pod.json)
$crictl start "$container"
`;
};
