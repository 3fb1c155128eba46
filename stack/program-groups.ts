import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs that one Go module under `stack/programs/` pins together. */
export const PROGRAM_GROUP_NAMES = ['etcd', 'kubernetes', 'kwok', 'temporal'] as const;
export type ProgramGroupName = (typeof PROGRAM_GROUP_NAMES)[number];

export type ProgramName =
  'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubectl' | 'kwok' | 'temporal';

export interface ProgramGroup {
  readonly moduleDirectory: string;
  /** The Go package of each program. */
  readonly packages: Readonly<Partial<Record<ProgramName, string>>>;
  readonly buildFlags: readonly string[];
}

const KUBERNETES_VERSION = '1.36.3';

/** Without these the programs call themselves v0.0.0-master. */
const KUBERNETES_VERSION_FLAGS = Object.entries({
  gitVersion: `v${KUBERNETES_VERSION}`,
  gitMajor: '1',
  gitMinor: '36',
  gitTreeState: 'clean',
}).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);

export const PROGRAM_GROUPS: Readonly<Record<ProgramGroupName, ProgramGroup>> = {
  etcd: defineGroup('etcd', { etcd: 'go.etcd.io/etcd/server/v3' }),
  kubernetes: defineGroup(
    'kubernetes',
    {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    KUBERNETES_VERSION_FLAGS,
  ),
  kwok: defineGroup('kwok', { kwok: 'sigs.k8s.io/kwok/cmd/kwok' }),
  temporal: defineGroup('temporal', { temporal: 'github.com/temporalio/cli/cmd/temporal' }),
};

/**
 * Twelve hexadecimal digits that change when the group's programs would come out different:
 * versions, checksums, packages or flags.
 */
export function readGroupHash(group: ProgramGroup): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'tools.go']) {
    const path = join(group.moduleDirectory, file);
    hash.update(`${file}\n`).update(existsSync(path) ? readFileSync(path) : '');
  }
  hash.update(JSON.stringify([group.packages, group.buildFlags, process.arch]));
  return hash.digest('hex').slice(0, 12);
}

function defineGroup(
  name: ProgramGroupName,
  packages: ProgramGroup['packages'],
  linkerFlags: readonly string[] = [],
): ProgramGroup {
  return {
    moduleDirectory: join(import.meta.dirname, 'programs', name),
    packages,
    buildFlags: ['-trimpath', '-ldflags', ['-s', '-w', ...linkerFlags].join(' ')],
  };
}
