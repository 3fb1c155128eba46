import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { initializeScheduler } from './initialize-scheduler.ts';

/** Programs that are compiled together, from one Go module under `stack/programs/` that pins them. */
export const PROGRAM_GROUP_NAMES = [
  'etcd',
  'kubernetes',
  'kwok',
  'temporal',
  'kubernetes-node',
  'kubernetes-proxy',
  'cri-tools',
  'temporal-server',
  'temporal-ui',
  'compose-spec',
  'scheduler',
] as const;
export type ProgramGroupName = (typeof PROGRAM_GROUP_NAMES)[number];

/** The program of `src/scheduler`, which the package ships. */
export const SCHEDULER_GROUPS: readonly ProgramGroupName[] = ['scheduler'];

/** The programs of a stack without real nodes. */
export const CONTROL_PLANE_GROUPS: readonly ProgramGroupName[] = ['etcd', 'kubernetes', 'kwok', 'temporal'];

/** The additional programs of a stack with real nodes. */
export const REAL_NODE_GROUPS: readonly ProgramGroupName[] = ['kubernetes-node', 'cri-tools'];

/** The additional program of tests that ask Services by their ClusterIP. */
export const PROXY_GROUPS: readonly ProgramGroupName[] = ['kubernetes-proxy'];

/** The additional programs of a stack whose Temporal stores its data in PostgreSQL. */
export const POSTGRESQL_GROUPS: readonly ProgramGroupName[] = ['temporal-server', 'temporal-ui'];

export type ProgramName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubectl'
  | 'kwok'
  | 'temporal'
  | 'kubelet'
  | 'kubeadm'
  | 'kube-proxy'
  | 'crictl'
  | 'temporal-server'
  | 'temporal-sql-tool'
  | 'temporal-ui-server'
  | 'compose-model'
  | 'scheduler.program';

export interface ProgramGroup {
  readonly moduleDirectory: string;
  /** The Go package of each program; one that starts with `./` is our own, in the module's folder. */
  readonly packages: Readonly<Partial<Record<ProgramName, string>>>;
  readonly buildFlags: readonly string[];
  /** What the programs run on, if not on this machine. */
  readonly target?: Readonly<Record<'GOOS' | 'GOARCH', string>>;
  /** Changes a compiled program before it is used. */
  readonly finish?: (compiled: Buffer) => Promise<Buffer>;
  /** The files in this folder that determine what `finish` does. */
  readonly finishedBy?: readonly string[];
}

const KUBERNETES_VERSION = '1.36.3';
const CRICTL_VERSION = '1.37.0';

/** Without these the programs report version v0.0.0-master. */
const KUBERNETES_VERSION_FLAGS = Object.entries({
  gitVersion: `v${KUBERNETES_VERSION}`,
  gitMajor: '1',
  gitMinor: '36',
  gitTreeState: 'clean',
}).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);

const defineGroup = (
  moduleName: string,
  packages: ProgramGroup['packages'],
  linkerFlags: readonly string[] = [],
): ProgramGroup => ({
  moduleDirectory: join(import.meta.dirname, 'modules', moduleName),
  packages,
  buildFlags: ['-trimpath', '-ldflags', ['-s', '-w', ...linkerFlags].join(' ')],
});

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
  'kubernetes-node': defineGroup(
    'kubernetes',
    { kubelet: 'k8s.io/kubernetes/cmd/kubelet', kubeadm: 'k8s.io/kubernetes/cmd/kubeadm' },
    KUBERNETES_VERSION_FLAGS,
  ),
  'kubernetes-proxy': defineGroup(
    'kubernetes',
    { 'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy' },
    KUBERNETES_VERSION_FLAGS,
  ),
  /** Newer than Kubernetes' own modules; it works with every runtime that has CRI v1, such as containerd 1.6. */
  'cri-tools': defineGroup('cri-tools', { crictl: 'sigs.k8s.io/cri-tools/cmd/crictl' }, [
    `-X sigs.k8s.io/cri-tools/pkg/version.Version=v${CRICTL_VERSION}`,
  ]),
  kwok: defineGroup('kwok', { kwok: 'sigs.k8s.io/kwok/cmd/kwok' }),
  temporal: defineGroup('temporal', { temporal: 'github.com/temporalio/cli/cmd/temporal' }),
  'temporal-server': defineGroup('temporal-server', {
    'temporal-server': 'go.temporal.io/server/cmd/server',
    'temporal-sql-tool': 'go.temporal.io/server/cmd/tools/sql',
  }),
  'temporal-ui': defineGroup('temporal-ui', { 'temporal-ui-server': 'github.com/temporalio/ui-server/v2/cmd/server' }),
  /** Reads a compose file with the parser of `docker compose`. */
  'compose-spec': defineGroup('compose-spec', { 'compose-model': './compose-model' }),
  /** A library: `c-shared` makes a module without a main function, whose exports are called. */
  scheduler: {
    moduleDirectory: join(import.meta.dirname, '../../scheduler'),
    packages: { 'scheduler.program': './' },
    buildFlags: ['-trimpath', '-ldflags', '-s -w', '-buildmode=c-shared'],
    target: { GOOS: 'wasip1', GOARCH: 'wasm' },
    finish: initializeScheduler,
    finishedBy: [
      ...['initialize-scheduler.ts', 'initialize-module.ts', 'detach-memory.ts', 'module-sections.ts'],
      '../../src/scheduler/program-file.ts',
    ],
  },
};

/**
 * Twelve hexadecimal digits that change with everything that determines the group's programs:
 * versions, checksums, packages, flags and our own sources.
 */
export const readGroupHash = (group: ProgramGroup): string => {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'tools.go', ...listOwnSources(group)]) {
    const path = join(group.moduleDirectory, file);
    hash.update(`${file}\n`).update(existsSync(path) ? readFileSync(path) : '');
  }
  for (const file of group.finishedBy ?? []) hash.update(readFileSync(join(import.meta.dirname, file)));
  hash.update(JSON.stringify([group.packages, group.buildFlags, group.target ?? process.arch]));
  return hash.digest('hex').slice(0, 12);
};

/**
 * The Go version that the group's modules require, e.g. `1.26.0`.
 * @throws Error when its go.mod has no Go version.
 */
export const readNeededGo = ({ moduleDirectory }: ProgramGroup): string => {
  const path = join(moduleDirectory, 'go.mod');
  const [, version] = /^go (\S+)$/m.exec(readFileSync(path, 'utf8')) ?? [];
  if (version === undefined) throw new Error(`${path} has no line "go <version>".`);
  return version;
};

/** Paths relative to the module's folder. */
const listOwnSources = ({ moduleDirectory, packages }: ProgramGroup): string[] =>
  Object.values(packages)
    .filter((goPackage) => goPackage.startsWith('./'))
    .flatMap((goPackage) =>
      readdirSync(join(moduleDirectory, goPackage))
        .sort()
        .map((file) => join(goPackage, file)),
    );
