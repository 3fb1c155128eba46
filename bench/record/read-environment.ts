import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from './benchmark-record.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** The programs whose versions matter, by the module that pins them. */
const PINNED = {
  Kubernetes: ['kubernetes', 'k8s.io/kubernetes'],
  etcd: ['etcd', 'go.etcd.io/etcd/server/v3'],
  KWOK: ['kwok', 'sigs.k8s.io/kwok'],
  'Temporal CLI': ['temporal', 'github.com/temporalio/cli'],
} as const;

/**
 * This machine, the versions of the programs, and the commit. Without names and paths of this machine.
 * @throws Error when this is no git checkout.
 */
export const readEnvironment = (now: Date): Environment => ({
  commit: readCommit(),
  startedAt: now.toISOString(),
  cores: availableParallelism(),
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGigabytes: Math.round(totalmem() / 1e9),
  versions: {
    'node-decommission': readPackageVersion(),
    'Node.js': process.versions.node,
    ...Object.fromEntries(
      Object.entries(PINNED).map(([name, [folder, module]]) => [name, readPinnedVersion(folder, module)]),
    ),
  },
});

const readCommit = (): string => {
  const commit = git('rev-parse', '--short=10', 'HEAD');
  // What a benchmark itself writes is no change of what it measures.
  return git('status', '--porcelain', '--', 'src', 'scheduler', 'stack', 'bench', 'package-lock.json') === ''
    ? commit
    : `${commit}+changes`;
};

const git = (...words: string[]): string => execFileSync('git', words, { cwd: REPOSITORY, encoding: 'utf8' }).trim();

const readPackageVersion = (): string =>
  (JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { readonly version: string }).version;

const readPinnedVersion = (folder: string, module: string): string => {
  const path = join(REPOSITORY, 'stack/programs/modules', folder, 'go.mod');
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .map((each) => each.trim().replace(/^require /, ''))
    .find((each) => each.startsWith(`${module} v`));
  return line?.split(' ')[1]?.replace(/^v/, '') ?? 'unknown';
};
