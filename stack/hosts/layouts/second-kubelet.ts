import { BUSYBOX_IMAGE } from '../container-images.ts';
import { toKubeletConfigText } from '../kubelet-files.ts';
import type { ToLayout } from './host-layout.ts';
import { toSecondSocket } from './second-containerd.ts';

/**
 * The kubelet of another cluster as unit `kubelet-<name>.service`, on the containerd of `secondContainerd(name)`. It has its own directory,
 * ports, logs and manifests, and runs one static pod. It has no API server, which its pod does not notice.
 */
export const secondKubelet =
  (name: string): ToLayout =>
  () => ({
    files: {
      [`/etc/kubelet-${name}/config.yaml`]: toKubeletConfigText({
        authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
        authorization: { mode: 'AlwaysAllow' },
        rotateCertificates: false,
        containerRuntimeEndpoint: `unix://${toSecondSocket(name)}`,
        staticPodPath: `/etc/kubelet-${name}/manifests`,
        podLogsDir: `/var/log/kubelet-${name}`,
        port: 10350,
        healthzPort: 10348,
        // With pod cgroups of its own, it would end the processes of the first kubelet's.
        cgroupsPerQOS: false,
        enforceNodeAllocatable: [],
      }),
      [`/etc/kubelet-${name}/manifests/theirs.yaml`]: JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'theirs', namespace: 'default' },
        spec: {
          hostNetwork: true,
          containers: [
            {
              name: 'main',
              image: BUSYBOX_IMAGE,
              imagePullPolicy: 'Never',
              command: ['sh', '-c', 'trap exit TERM; while :; do sleep 0.2; done'],
            },
          ],
        },
      }),
      [`/etc/systemd/system/kubelet-${name}.service`]: [
        '[Unit]',
        `After=containerd-${name}.service kubelet.service`,
        '[Service]',
        `ExecStart=/usr/bin/kubelet --config=/etc/kubelet-${name}/config.yaml --root-dir=/srv/${name}/kubelet --cert-dir=/srv/${name}/kubelet/pki`,
        'Restart=always',
        '',
      ].join('\n'),
    },
    enabledUnits: [`kubelet-${name}.service`],
  });
