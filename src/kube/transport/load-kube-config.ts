import { existsSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { User } from '@kubernetes/client-node';
import type { ClusterSettings } from '../../domain/cluster/cluster-settings.ts';
import { ClusterFailure } from '../../ports/cluster-failure.ts';

/**
 * Fills `kubeConfig` from `settings`. Several files are merged as kubectl does: missing files are skipped, and the first definition of a
 * name is used. The content of a file is never quoted: it may be a secret.
 *
 * @throws ClusterFailure `Invalid`, not retryable: no file exists, a file is not a kubeconfig, or the context is not defined.
 */
export const loadKubeConfig = (cluster: string, settings: ClusterSettings, kubeConfig: KubeConfig): void => {
  if (settings.kind === 'inCluster') {
    kubeConfig.loadFromCluster();
    return;
  }
  const paths = settings.path.split(delimiter).filter((path) => path !== '' && existsSync(path));
  if (paths.length === 0) {
    throw toInvalid(
      cluster,
      `there is no kubeconfig at ${settings.path}; set KUBECONFIG or the cluster's \`kubeconfig\``,
    );
  }
  for (const path of paths) {
    mergeFirstWins(kubeConfig, loadFile(cluster, path));
  }
  selectContext(cluster, kubeConfig, settings.context);
};

const loadFile = (cluster: string, path: string): KubeConfig => {
  const loaded = new KubeConfig();
  try {
    loaded.loadFromFile(path);
    loaded.users = loaded.users.map((user) => withPluginBeside(user, dirname(path)));
  } catch {
    throw toInvalid(cluster, `${path} cannot be read as a kubeconfig; check it with \`kubectl config view\``);
  }
  return loaded;
};

/** As in client-go: a command with a folder, such as `./get-token`, is beside the file that names it. */
const withPluginBeside = (user: User, directory: string): User => {
  const exec = (user.exec ?? {}) as { readonly command?: unknown };
  if (typeof exec.command !== 'string' || !exec.command.includes(sep) || isAbsolute(exec.command)) return user;
  return { ...user, exec: { ...exec, command: join(directory, exec.command) } };
};

const mergeFirstWins = (kubeConfig: KubeConfig, later: KubeConfig): void => {
  kubeConfig.clusters.push(...later.clusters.filter(({ name }) => kubeConfig.getCluster(name) === null));
  kubeConfig.users.push(...later.users.filter(({ name }) => kubeConfig.getUser(name) === null));
  kubeConfig.contexts.push(...later.contexts.filter(({ name }) => kubeConfig.getContextObject(name) === null));
  // Typed as text, but undefined until a file sets it.
  kubeConfig.currentContext = kubeConfig.currentContext || later.currentContext;
};

const selectContext = (cluster: string, kubeConfig: KubeConfig, context: string | undefined): void => {
  if (context !== undefined) {
    kubeConfig.setCurrentContext(context);
  }
  const name = (kubeConfig.currentContext as string | undefined) ?? '';
  if (kubeConfig.getContextObject(name) === null) {
    const known = kubeConfig.contexts.map((entry) => entry.name).join(', ') || 'none';
    throw toInvalid(cluster, `its kubeconfig has no context "${name}"; available contexts: ${known}`);
  }
  if (kubeConfig.getCurrentCluster() === null) {
    throw toInvalid(cluster, `context "${name}" of its kubeconfig names a cluster that the file does not describe`);
  }
};

const toInvalid = (cluster: string, problem: string): ClusterFailure =>
  new ClusterFailure('Invalid', `Cluster "${cluster}" cannot be used: ${problem}.`);
