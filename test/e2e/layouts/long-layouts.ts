import { pod } from '../../../stack/cluster-fixtures/pods.ts';
import { RUNNING_CONTAINER } from '../../../stack/cluster-fixtures/real-container.ts';
import { BUSYBOX_IMAGE } from '../../../stack/hosts/container-images.ts';
import { EMBEDDED_AGENT_UNIT, embeddedAgent } from '../../../stack/hosts/layouts/embedded-agent.ts';
import { kubeletRoot, ownDisks } from '../../../stack/hosts/layouts/kubelet-directories.ts';
import { secondContainerd, toSecondSocket } from '../../../stack/hosts/layouts/second-containerd.ts';
import { secondKubelet } from '../../../stack/hosts/layouts/second-kubelet.ts';
import type { LayoutHost } from './layout-host.ts';
import {
  inOrder,
  listExisting,
  listFilesBelow,
  listStartable,
  plantFiles,
  plantKubeconfig,
  readTasks,
  readTrees,
  readUnits,
} from './shell-reads.ts';
import { DOCKER_WITHOUT_CONTAINERS, listFilesOnDisk, toKubeletEntries } from './short-layouts.ts';

/** What a refused host must keep: its kubelet runs as the same process, and every file of the cluster is there. */
const WHOLE_NODE = (unit: string, ...paths: readonly string[]): string => inOrder(readUnits(unit), readTrees(...paths));

const STOCK_NODE = inOrder(
  WHOLE_NODE('kubelet.service', '/etc/kubernetes', '/var/lib/kubelet/pki'),
  'crictl ps --all --quiet | sort',
);

/** Mounts that are no volumes: the run waits for those before it stops the kubelet. */
const BUSY_MOUNT = '/var/lib/kubelet/plugins/example.com/busy';
const LOCAL_MOUNT = '/var/lib/kubelet/plugins/example.com/data';

const ON_DISKS: readonly LayoutHost[] = [
  {
    node: 'pods-disk',
    fixture: { layouts: [ownDisks('/var/lib/kubelet/pods')] },
    outcome: 'cleaned',
    parts: [
      {
        layout: '/var/lib/kubelet/pods on a file system of its own',
        left: inOrder(listFilesOnDisk('/var/lib/kubelet/pods'), listFilesBelow('/var/lib/kubelet/pods')),
        stays: "the disk, empty: no emptyDir's file is back with the next mount",
      },
      {
        layout: 'a folder of the host bound below the kubelet directory',
        plant: inOrder(
          plantFiles('/srv/data/rows', '/srv/data/deep/er/rows'),
          `mkdir -p ${LOCAL_MOUNT}`,
          `mount --bind /srv/data ${LOCAL_MOUNT}`,
        ),
        others: readTrees('/srv/data'),
        stays: 'the folder, by checksum',
      },
    ],
  },
  {
    node: 'root-disk',
    fixture: { layouts: [ownDisks('/var/lib/kubelet')] },
    outcome: 'cleaned',
    parts: [
      {
        layout: '/var/lib/kubelet on a file system of its own',
        left: listFilesOnDisk('/var/lib/kubelet'),
        stays: 'the disk, empty',
      },
    ],
  },
  {
    node: 'linked',
    fixture: {
      layouts: [kubeletRoot('/mnt/kubelet'), () => ({ links: { '/mnt/kubelet': '/srv/shared' } })],
      files: { '/srv/shared/notes': 'of others\n' },
    },
    outcome: 'cleaned',
    parts: [
      {
        layout: "--root-dir is a symbolic link to a folder that has others' files too",
        plant: plantFiles('/srv/shared/archive/one', '/srv/shared/archive/two'),
        others: inOrder(readTrees('/srv/shared/archive', '/srv/shared/notes'), 'readlink /mnt/kubelet'),
        left: listFilesBelow(...toKubeletEntries('/srv/shared')),
        stays: 'their files, by checksum; the link',
      },
    ],
  },
];

const SHARED: readonly LayoutHost[] = [
  {
    node: 'two-kubelets',
    fixture: { layouts: [secondContainerd('theirs'), secondKubelet('theirs')] },
    outcome: 'cleaned',
    parts: [
      {
        layout: "another cluster's kubelet on its own containerd, with a static pod",
        plant: `for try in $(seq 100); do [ "$(ctr --address ${toSecondSocket('theirs')} -n k8s.io tasks ls -q | wc -l)" = 2 ] && exit; sleep 0.3; done; exit 1`,
        others: inOrder(
          readTasks(toSecondSocket('theirs'), 'k8s.io'),
          readUnits('kubelet-theirs.service', 'containerd-theirs.service'),
          readTrees('/etc/kubelet-theirs', '/srv/theirs/kubelet/pki'),
        ),
        left: listStartable('kubelet.service'),
        stays: 'its two containers and its kubelet, same PIDs; its files, by checksum',
      },
    ],
  },
  {
    node: 'shared',
    fixture: {
      docker: true,
      staticPods: [pod({ namespace: 'default', name: 'static', container: RUNNING_CONTAINER })],
    },
    outcome: 'cleaned',
    parts: [
      {
        layout: 'docker with a container and a volume, and a containerd container in its own namespace',
        plant: inOrder(
          `docker run --detach --init --name guest --volume guest:/data ${BUSYBOX_IMAGE} sh -c 'echo kept >/data/note; sleep 6000'`,
          'ctr -n others images import /opt/images/busybox.tar',
          // Not from here: its process would not be in the host's cgroups.
          `systemd-run --wait --collect ctr -n others run --detach ${BUSYBOX_IMAGE} foreign sleep 6000`,
        ),
        others: inOrder(
          "docker inspect --format '{{.State.Pid}} {{.State.StartedAt}}' guest",
          readTasks('/run/containerd/containerd.sock', 'others'),
          readTrees('/var/lib/docker/volumes/guest'),
          readUnits('docker.service', 'docker.socket', 'containerd.service'),
        ),
        left: inOrder('ctr -n k8s.io containers ls -q', listStartable('kubelet.service')),
        stays: 'both containers, same PIDs; the volume, by checksum; docker and containerd, same processes',
      },
      {
        layout: 'kubeconfigs of other clusters in the homes of root and of a user',
        plant: inOrder(plantKubeconfig('/root/.kube/other-cluster'), plantKubeconfig('/home/guest/.kube/config')),
        others: readTrees('/root/.kube/other-cluster', '/home/guest/.kube/config'),
        stays: 'both files, by checksum',
      },
      {
        layout: 'CNI configuration, a bridge and container images that host cleanup leaves',
        others: inOrder(readTrees('/etc/cni/net.d'), 'ctr -n k8s.io images ls -q | sort'),
        listed: ['/etc/cni/net.d/10-bridge.conflist', 'cni0', 'image blobs'],
        stays: 'all of them, each listed in the report',
      },
    ],
  },
  {
    node: 'busy',
    fixture: {},
    outcome: 'parked',
    expectedText: /holder/,
    fix: 'systemctl stop holder.service',
    parts: [
      {
        layout: 'a process of others works in a file system that is mounted below the kubelet directory',
        plant: inOrder(
          `mkdir -p ${BUSY_MOUNT}`,
          `mount -t tmpfs busy ${BUSY_MOUNT}`,
          'cp /bin/sleep /usr/local/bin/holder',
          `systemd-run --unit holder --property WorkingDirectory=${BUSY_MOUNT} /usr/local/bin/holder 6000`,
        ),
        left: inOrder(listFilesBelow('/var/lib/kubelet'), listExisting('/etc/kubernetes/kubelet.conf')),
        stays: 'the process, named in the message until an operator ended it; `resume` finished',
      },
    ],
  },
];

const REFUSED: readonly LayoutHost[] = [
  {
    node: 'agent',
    fixture: { docker: true, layouts: [embeddedAgent()] },
    settings: { kubeletUnits: [EMBEDDED_AGENT_UNIT] },
    outcome: 'refused',
    parts: [
      {
        layout: 'an agent in the style of k0s: kubelet and containerd are children of one unit; docker beside it',
        others: inOrder(
          WHOLE_NODE(EMBEDDED_AGENT_UNIT, '/var/lib/k0s/kubelet.conf', '/var/lib/k0s/kubelet/pki', '/etc/k0s'),
          readTasks('/run/k0s/containerd.sock', 'k8s.io'),
          readUnits('docker.service', 'containerd.service'),
        ),
        stays: 'everything: the agent and its containers, same PIDs; credentials, by checksum; docker',
      },
    ],
  },
  {
    node: 'full',
    fixture: { layouts: [ownDisks('/var/lib/node-decommission')] },
    outcome: 'refused',
    expectedText: /\/var\/lib\/node-decommission/,
    parts: [
      {
        layout: 'a full file system below /var/lib/node-decommission',
        plant: 'dd if=/dev/zero of=/var/lib/node-decommission/full bs=1M 2>/dev/null || true',
        others: STOCK_NODE,
        stays: 'everything: kubelet and containers, same processes; credentials, by checksum',
      },
    ],
  },
  {
    node: 'read-only',
    fixture: {},
    outcome: 'refused',
    expectedText: /\/etc\/systemd\/system/,
    parts: [
      {
        layout: 'a read-only /etc/systemd/system',
        plant:
          'mount --bind -o ro /etc/systemd/system /etc/systemd/system && mount -o remount,bind,ro /etc/systemd/system',
        others: STOCK_NODE,
        stays: 'everything: kubelet and containers, same processes; credentials, by checksum',
      },
    ],
  },
];

const LAST: readonly LayoutHost[] = [
  {
    node: 'agent-unnamed',
    fixture: { layouts: [embeddedAgent()] },
    outcome: 'refused',
    expectedText: /not proven|kubeletUnits/,
    parts: [
      {
        layout: 'an agent in the style of k0s whose unit is not in `kubeletUnits`',
        others: inOrder(
          WHOLE_NODE(EMBEDDED_AGENT_UNIT, '/var/lib/k0s/kubelet.conf', '/var/lib/k0s/kubelet/pki', '/etc/k0s'),
          readTasks('/run/k0s/containerd.sock', 'k8s.io'),
        ),
        stays: 'everything: the agent and its containers, same PIDs; credentials, by checksum',
      },
    ],
  },
  {
    node: 'docker-idle',
    fixture: { docker: true },
    outcome: 'cleaned',
    parts: [DOCKER_WITHOUT_CONTAINERS],
  },
];

/** Every layout: for `npm run test:long`. */
export const LONG_LAYOUTS: readonly LayoutHost[] = [...ON_DISKS, ...SHARED, ...REFUSED, ...LAST];
