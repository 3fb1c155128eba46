import type { ScratchHost } from './scratch-host.ts';
import { KUBEADM_FLAGS, toFile, toKubelet } from './worker-node.ts';

/** UIDs as the API server assigns them, and that of a static pod. */
export const POD = '3c1f0a52-6d1b-4c53-9a4e-0d7a1f2b9c11';
export const STATIC_POD = '0123456789abcdef0123456789abcdef';

/** Commands that create what a kubelet keeps in its root directory: files of pods, plugins, sockets and state; no mounts. */
export const toKubeletFiles = (root: string): string =>
  [
    toFile(`${root}/pods/${POD}/volumes/kubernetes.io~empty-dir/cache/file`, 'of a pod'),
    toFile(`${root}/pods/${POD}/containers/app/0a1b2c3d`, 'termination message'),
    toFile(`${root}/pods/${POD}/etc-hosts`, '127.0.0.1 localhost'),
    toFile(`${root}/pods/${STATIC_POD}/etc-hosts`, '127.0.0.1 localhost'),
    toFile(`${root}/plugins/kubernetes.io/csi/disk.example.com/0f/vol_data.json`, '{}'),
    toFile(`${root}/cpu_manager_state`, '{}'),
    toFile(`${root}/memory_manager_state`, '{}'),
    toFile(`${root}/image_manager/pulled/sha256-1`, '{}'),
    `mkdir -p '${root}/plugins_registry' '${root}/device-plugins'`,
    toFile(`${root}/device-plugins/kubelet_internal_checkpoint`, '{}'),
  ].join('\n');

/** Checksums of all files below folders that exist, with their owners and modes; symbolic links with their targets. */
export const readChecksums = async (host: ScratchHost, ...folders: readonly string[]): Promise<string> =>
  await host.sh(`for folder in ${folders.map((folder) => `'${folder}'`).join(' ')}; do
    [ -e "$folder" ] || continue
    find "$folder" -xdev -type f -exec sha256sum {} + -exec stat -c '%n %a %U' {} +
    find "$folder" -xdev -type l -exec readlink -v {} +
  done | sort`);

/** What was kept, from the items of a stage: names without `kept: `. */
export const toKept = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => /^NothingToDo kept: (.*)$/.exec(line)?.[1] ?? []).sort();

/** Replaces the kubelet with one that has these flags after kubeadm's. */
export const setKubeletFlags = async (host: ScratchHost, flags: readonly string[]): Promise<void> => {
  await host.sh(toKubelet([...KUBEADM_FLAGS, ...flags]));
};
