import type { RealNode } from '../hosts/real-node.ts';
import type { Proof } from './proofs.ts';

/** Runs a command on the host, by a way of its own, and compares what it prints. */
export const proveOnHost = async (node: RealNode, claim: string, command: string, expected: string): Promise<Proof> => {
  const { stdout } = await node.exec(command);
  const seen = stdout.trim();
  return { claim, holds: seen === expected, evidence: `${node.name}# ${command}: ${seen.replaceAll('\n', ' ')}` };
};

/** containerd's record of pod sandboxes: one folder each. */
const SANDBOXES = '/run/containerd/io.containerd.grpc.v1.cri/sandboxes';

/** That nothing of the cluster is left on the host. */
export const proveHostClean = (node: RealNode): Promise<readonly Proof[]> =>
  Promise.all([
    proveOnHost(node, 'no shim of a container is left on the host', 'pgrep -c containerd-shim', '0'),
    proveOnHost(
      node,
      'no pod sandbox is left, nor its network',
      `find ${SANDBOXES} /run/netns -mindepth 1 -maxdepth 1 2>/dev/null | wc -l`,
      '0',
    ),
    proveOnHost(node, 'nothing of a pod is mounted', 'grep -c /var/lib/kubelet/pods /proc/self/mountinfo', '0'),
    proveOnHost(
      node,
      'no credentials are left',
      'find /etc/kubernetes /var/lib/kubelet/pki -type f 2>/dev/null | wc -l',
      '0',
    ),
    proveOnHost(
      node,
      'its units are masked: nothing can start them',
      'systemctl is-enabled kubelet containerd',
      'masked\nmasked',
    ),
  ]);

/** What a host was before, to be compared with what it is after: units, credentials, boot, and what a run of ours would leave. */
export const readHostState = (node: RealNode): Promise<string> =>
  node.read(
    [
      'systemctl show -p Id,ActiveState,UnitFileState kubelet containerd docker',
      'find /etc/kubernetes /var/lib/kubelet/pki /etc/systemd -type f -exec sha256sum {} + | sort',
      'cat /proc/sys/kernel/random/boot_id; ls /var/lib/node-decommission 2>/dev/null || true',
    ].join('; '),
  );

export const proveHostUntouched = (node: RealNode, before: string, after: string): Proof => ({
  claim: `the host of ${node.name} was not touched: units, configuration, credentials, boot`,
  holds: before === after,
  evidence: `${before.split('\n').length} lines compared, ${before === after ? 'none differs' : 'some differ'}`,
});
