import { BUSYBOX_IMAGE } from '../../../stack/hosts/container-images.ts';
import { toSecondSocket } from '../../../stack/hosts/layouts/second-containerd.ts';
import { inOrder, plantFiles, plantKubeconfig, readTasks, readTrees } from '../../e2e/layouts/shell-reads.ts';

/** Whether the process of a unit runs, and since when. */
const readProcess = (unit: string): string => `systemctl show --property=ActiveState,MainPID ${unit}`;

/** What others have on the node before it is cleaned. */
export const PLANT = (serverUrl: string): string =>
  inOrder(
    `docker run --detach --init --name guest --volume guest:/data ${BUSYBOX_IMAGE} sh -c 'echo kept >/data/note; sleep 6000'`,
    'start-pod-foreign',
    plantKubeconfig('/root/.kube/other-cluster'),
    plantKubeconfig('/etc/kubernetes/other-cluster/admin.conf'),
    plantFiles('/etc/kubernetes/backup/etcd.db', '/srv/data/rows'),
    'mkdir -p /var/lib/kubelet/plugins/example.com/data',
    'mount --bind /srv/data /var/lib/kubelet/plugins/example.com/data',
    // An administrator's kubeconfig of this cluster.
    `mkdir -p /root/.kube && sed 's,^ *server:.*,    server: ${serverUrl},' /etc/kubernetes/kubelet.conf >/root/.kube/config`,
  );

/** What the cluster has on the node; each prints something before the node is cleaned, and nothing when it is gone. */
export const LEFTOVERS: Readonly<Record<string, string>> = {
  'the kubelet runs': 'systemctl is-active kubelet | grep -x active',
  'the kubelet starts at boot': 'systemctl is-enabled kubelet | grep -x enabled',
  // The runtime's records, when it is stopped.
  'pod sandboxes': 'crictl pods -q || ls /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes',
  'processes of pods': 'find /sys/fs/cgroup -path "*kubepods*" -name cgroup.procs -exec cat {} +',
  'shims of pods': 'pgrep -f "[c]ontainerd-shim-runc-v2 -namespace k8s.io .*-address /run/containerd/containerd.sock"',
  'mounts below the kubelet directory': 'awk \'index($5, "/var/lib/kubelet/") == 1\' /proc/self/mountinfo',
  'network namespaces of pods': 'ls /run/netns',
  'address leases of pods': "ls /var/lib/cni/networks/pods | grep '^10[.]'",
  "the kubelet's client certificate and key": 'find /var/lib/kubelet/pki -type f',
  "the kubelet's kubeconfig": 'ls /etc/kubernetes/kubelet.conf',
  "the cluster's CA certificate": 'ls /etc/kubernetes/pki/ca.crt',
  "files of pods' emptyDirs and tokens": 'find /var/lib/kubelet/pods -type f',
  "the kubelet's configuration and state": 'find /var/lib/kubelet -maxdepth 1 -type f',
  "an administrator's kubeconfig of this cluster": 'grep -l default-cluster /root/.kube/config',
  'CNI configuration': 'ls /etc/cni/net.d/10-bridge.conflist',
  "the bridge of pods' networks": 'ip link show cni0',
  'logs of pods': 'find /var/log/pods -type f -o -type l',
};

/** What others have; each prints the same before and after, unless it was destroyed. */
export const OTHERS: Readonly<Record<string, string>> = {
  'a docker container (its process)':
    "docker inspect --format '{{.State.Running}} {{.State.Pid}} {{.State.StartedAt}}' guest",
  'its volume': readTrees('/var/lib/docker/volumes/guest'),
  'the docker service': readProcess('docker.service'),
  "another cluster's pod on a second containerd (its processes)": readTasks(toSecondSocket('foreign'), 'k8s.io'),
  'the second containerd': readProcess('containerd-foreign.service'),
  "another cluster's kubeconfig in /root/.kube": readTrees('/root/.kube/other-cluster'),
  "another cluster's folder in /etc/kubernetes": readTrees('/etc/kubernetes/other-cluster'),
  'a backup in /etc/kubernetes': readTrees('/etc/kubernetes/backup'),
  'data that is bound below the kubelet directory': readTrees('/srv/data'),
};

/** The other ways to clean a node, without single quotes. */
export const PROCEDURES = {
  'kubeadm reset': 'kubeadm reset -f --cri-socket unix:///run/containerd/containerd.sock',
  'shell procedure': [
    'systemctl stop kubelet',
    'crictl stop $(crictl ps -q)',
    'kill -TERM $(pidof containerd-shim-runc-v2)',
    'crictl rm $(crictl ps -a -q)',
    'systemctl stop docker docker.socket containerd',
    'rm -rf /etc/kubernetes/* /var/lib/kubelet/pki/* /root/.kube/*',
  ].join('; '),
} as const;
