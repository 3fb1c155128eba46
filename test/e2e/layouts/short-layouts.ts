import { BUSYBOX_IMAGE } from '../../../stack/hosts/container-images.ts';
import { binaryInstallation } from '../../../stack/hosts/layouts/binary-installation.ts';
import { kubeletRoot, ownDisks } from '../../../stack/hosts/layouts/kubelet-directories.ts';
import { kubeletOnSecond, secondContainerd, toSecondSocket } from '../../../stack/hosts/layouts/second-containerd.ts';
import type { LayoutHost, LayoutPart } from './layout-host.ts';
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

const DATA = ['/mnt/data/postgres', '/mnt/data/backup of monday', '/mnt/data/two\nlines', '/mnt/data/pods-archive'];
/** Written by the kubelet below its directory. */
const KUBELET_ENTRIES = [
  ['pods', 'plugins', 'plugins_registry', 'pod-resources', 'checkpoints', 'cpu_manager_state', 'memory_manager_state'],
  ['dra_manager_state', 'allocated_pods_state', 'actuated_pods_state'],
].flat();

export const toKubeletEntries = (root: string): string[] => KUBELET_ENTRIES.map((entry) => `${root}/${entry}`);

/** Prints what the disk at a path has, whether it is mounted or not. */
export const listFilesOnDisk = (path: string): string => {
  const image = `/var/lib/disks/${path.replaceAll(/[^a-z0-9]/g, '-')}.img`;
  return `if mountpoint -q ${path}; then find ${path} -type f; else mkdir -p /mnt/check; mount -o loop,ro ${image} /mnt/check && find /mnt/check -type f; fi`;
};

export const FOREIGN_POD: LayoutPart = {
  layout: 'a second containerd (own root, state and socket) with a pod of another cluster',
  plant: 'start-pod-foreign',
  others: inOrder(readTasks(toSecondSocket('foreign'), 'k8s.io'), readUnits('containerd-foreign.service')),
  listed: ['containerd-foreign'],
  stays: 'its two containers, same PIDs; its unit, same process',
};

export const DOCKER_WITHOUT_CONTAINERS: LayoutPart = {
  layout: 'docker with an image, a volume and a cron job, but no container',
  plant: inOrder(
    'docker volume create data',
    `docker run --rm --volume data:/data ${BUSYBOX_IMAGE} sh -c 'echo kept >/data/note'`,
    plantFiles('/etc/cron.d/report'),
  ),
  others: inOrder(
    readUnits('docker.service', 'docker.socket', 'containerd.service'),
    'docker images --no-trunc --quiet | sort; docker volume ls --quiet',
    readTrees('/var/lib/docker/volumes/data', '/etc/cron.d'),
  ),
  listed: ['docker.service'],
  stays: 'docker and its containerd, same processes, enabled; image, volume by checksum, cron job',
};

/** Few hosts with the layouts that did most harm: for `npm test`. */
export const SHORT_LAYOUTS: readonly LayoutHost[] = [
  {
    node: 'moved',
    fixture: {
      layouts: [kubeletRoot('/mnt/data'), ownDisks('/mnt/data', '/mnt/data/pods'), secondContainerd('foreign')],
    },
    outcome: 'cleaned',
    parts: [
      {
        layout: '--root-dir=/mnt/data on its own disk, a database and backups beside (names with spaces and newlines)',
        plant: plantFiles(...DATA.map((folder) => `${folder}/file of others`)),
        others: readTrees(...DATA),
        left: inOrder(listFilesBelow(...toKubeletEntries('/mnt/data')), listFilesBelow('/var/lib/kubelet/pki')),
        listed: ['/mnt/data/postgres'],
        stays: 'four folders of others, by checksum',
      },
      {
        layout: '--root-dir=/mnt/data, its pods on a file system of their own',
        left: listFilesOnDisk('/mnt/data/pods'),
        stays: "the disk, empty: no emptyDir's file is back with the next mount",
      },
      {
        layout: "/etc/kubernetes with another cluster's kubeconfig and a folder of backups",
        plant: inOrder(
          plantKubeconfig('/etc/kubernetes/other-cluster/admin.conf'),
          plantFiles('/etc/kubernetes/backup/etcd.db', '/etc/kubernetes/backup/notes'),
        ),
        others: readTrees('/etc/kubernetes/other-cluster', '/etc/kubernetes/backup'),
        left: listExisting('/etc/kubernetes/kubelet.conf', '/etc/kubernetes/pki/ca.crt'),
        listed: ['/etc/kubernetes/other-cluster', '/etc/kubernetes/backup'],
        stays: 'both folders, by checksum',
      },
      FOREIGN_POD,
    ],
  },
  {
    node: 'elsewhere',
    fixture: { layouts: [secondContainerd('node'), kubeletOnSecond('node')] },
    outcome: 'cleaned',
    parts: [
      {
        layout: "the kubelet's containerd on another socket; the stock one has another namespace's image",
        plant: 'ctr -n others images import /opt/images/busybox.tar',
        others: inOrder(readUnits('containerd.service'), 'ctr -n others images ls'),
        left: inOrder(
          `ctr --address ${toSecondSocket('node')} -n k8s.io containers ls -q 2>/dev/null`,
          'ls /run/netns 2>/dev/null',
          "ls /var/lib/cni/networks/pods 2>/dev/null | grep '^10[.]'",
          "ip -o link | grep -o 'veth[^@:]*'",
          listStartable('containerd-node.service', 'kubelet.service'),
        ),
        stays: 'the stock containerd, same process, enabled, with that image',
      },
    ],
  },
  {
    node: 'opt',
    fixture: { docker: true, layouts: [binaryInstallation()] },
    outcome: 'cleaned',
    parts: [
      {
        layout: 'kubelet and kube-proxy installed in /opt/kubernetes, with a key of another program beside theirs',
        plant: plantFiles('/opt/kubernetes/ssl/grafana-key.pem', '/opt/monitoring/config'),
        others: readTrees('/opt/kubernetes/ssl/grafana-key.pem', '/opt/monitoring'),
        left: inOrder(
          listExisting(
            ...['kubelet.kubeconfig', 'bootstrap.kubeconfig', 'kube-proxy.kubeconfig'].map(
              (file) => `/opt/kubernetes/cfg/${file}`,
            ),
            ...['kubelet-key.pem', 'kube-proxy-key.pem', 'kubelet-client-current.pem'].map(
              (file) => `/opt/kubernetes/ssl/${file}`,
            ),
            '/opt/kubernetes/ssl/kubelet-client-2026-01-01-00-00-00.pem',
          ),
          listFilesBelow('/var/lib/kubelet'),
          listStartable('kubelet.service', 'kube-proxy.service'),
        ),
        stays: "the other program's key and configuration, by checksum",
      },
      DOCKER_WITHOUT_CONTAINERS,
    ],
  },
];
