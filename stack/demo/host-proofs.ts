import type { RealNode } from '../hosts/real-node.ts';
import type { Proof } from './proofs.ts';

/** Runs a command on the host, without SSH and without our worker, and compares its output. */
export const proveOnHost = async (node: RealNode, claim: string, command: string, expected: string): Promise<Proof> => {
  const { stdout } = await node.exec(command);
  const printed = stdout.trim();
  return { claim, holds: printed === expected, evidence: `${node.name}# ${command}: ${printed.replaceAll('\n', ' ')}` };
};

/** containerd's record of pod sandboxes: one folder each. */
const SANDBOXES = '/run/containerd/io.containerd.grpc.v1.cri/sandboxes';

/** Proves, one by one, what the host no longer has. The report lists what stays. */
export const proveHostClean = (node: RealNode): Promise<readonly Proof[]> =>
  Promise.all([
    proveOnHost(node, 'no container shim is left on the host', 'pgrep -c containerd-shim', '0'),
    proveOnHost(
      node,
      'no pod sandbox and no network namespace is left',
      `find ${SANDBOXES} /run/netns -mindepth 1 -maxdepth 1 2>/dev/null | wc -l`,
      '0',
    ),
    proveOnHost(node, 'no pod volume is mounted', 'grep -c /var/lib/kubelet/pods /proc/self/mountinfo', '0'),
    proveOnHost(
      node,
      'no credentials are left',
      'find /etc/kubernetes /var/lib/kubelet/pki -type f 2>/dev/null | wc -l',
      '0',
    ),
    proveOnHost(
      node,
      'kubelet and containerd are masked and cannot be started',
      'systemctl is-enabled kubelet containerd',
      'masked\nmasked',
    ),
  ]);

/** The state of a host, to compare before and after: units, credentials, boot ID, and the files that node-decommission leaves. */
export const readHostState = (node: RealNode): Promise<string> =>
  node.read(
    [
      'systemctl show -p Id,ActiveState,UnitFileState kubelet containerd docker',
      'find /etc/kubernetes /var/lib/kubelet/pki /etc/systemd -type f -exec sha256sum {} + | sort',
      'cat /proc/sys/kernel/random/boot_id; ls /var/lib/node-decommission 2>/dev/null || true',
    ].join('; '),
  );

export const proveHostUntouched = (node: RealNode, before: string, after: string): Proof => ({
  claim: `the host of ${node.name} is unchanged: units, configuration, credentials, boot`,
  holds: before === after,
  evidence: `${before.split('\n').length} lines compared, ${before === after ? 'no differences' : 'some differ'}`,
});
