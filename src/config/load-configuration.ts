import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CLUSTER } from '../domain/run/workflow-ids.ts';
import type { ClusterSettings } from '../domain/cluster/cluster-settings.ts';
import type { ProxySettings } from '../domain/cluster/proxy-settings.ts';
import { overrideCluster, type ClusterOverride } from './cluster-override.ts';
import type { Configuration } from './configuration.ts';
import { ConfigurationError } from './configuration-error.ts';
import { configurationSchema } from './configuration-schema.ts';
import type { ConfigurationFile } from './configuration-schema.ts';
import { toHostsSettings } from './host-settings.ts';
import { toMachineHookSettings, type MachineHookContext } from './machine-hook-settings.ts';
import { readConfigurationFile } from './read-configuration-file.ts';
import { readDeployment } from './read-deployment.ts';
import { toPathResolver } from './resolve-path.ts';

/** Where Kubernetes mounts a pod's credentials. */
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** From what a configuration is made. */
export interface ConfigurationSources {
  /** Normally `process.env`. */
  readonly environment: Environment;
  /** Contains `.kube/config` and replaces `~` in paths; absent: the user's home directory. */
  readonly homeDirectory?: string;
  /** Path of the token; absent: where Kubernetes mounts it. */
  readonly serviceAccountToken?: string;
  /** Wins over the file and over KUBECONFIG, for the one cluster that it names. */
  readonly override?: ClusterOverride;
  /**
   * Adds the cluster `default` if the file does not define it: from KUBECONFIG, else from `~/.kube/config`, else from the credentials of
   * this pod. Default false, as a worker needs it: a cluster's name is unique in a Temporal namespace, and two workers that both add their
   * own `default` would serve each other's requests.
   */
  readonly addsDefaultCluster?: boolean;
}

/**
 * Loads the worker's configuration from the file that NODE_DECOMMISSION_CONFIG names and from the environment. `override` wins over both.
 *
 * @throws ConfigurationError `InvalidConfiguration`: lists every problem at once.
 */
export const loadConfiguration = (sources: ConfigurationSources): Configuration => {
  const home = sources.homeDirectory ?? homedir();
  const path = sources.environment['NODE_DECOMMISSION_CONFIG'] ?? '';
  const file = path === '' ? configurationSchema.parse({}) : readConfigurationFile(path);
  const resolvePath = toPathResolver(path, home);
  const defaultCluster = sources.addsDefaultCluster === true ? findDefaultCluster(sources, home) : undefined;
  const configured: Configuration['clusters'] = {
    ...(defaultCluster === undefined ? {} : { [DEFAULT_CLUSTER]: defaultCluster }),
    ...toClusters(file, resolvePath),
  };
  const clusters = withOverride(configured, sources, home);
  const agentSocket = sources.environment['SSH_AUTH_SOCK'];
  const ownPod = readOwnPod(sources.environment);
  const deployment = readDeployment(file, sources.environment);
  const problems = [...describeMissingClusters(clusters, sources), ...ownPod.problems, ...deployment.problems];
  if (problems.length > 0) {
    throw new ConfigurationError(path === '' ? 'environment' : `${path} and environment`, problems);
  }
  return {
    clusters,
    waits: file.waits,
    limits: file.limits,
    proxies: readProxies(sources.environment),
    ...(file.hosts === undefined ? {} : { hosts: toHostsSettings(file.hosts, { resolvePath, agentSocket }) }),
    ...toReports(file, resolvePath),
    ...toMachineHook(file, { environment: sources.environment, resolvePath }),
    ...deployment.settings,
    ...(ownPod.pod === undefined ? {} : { ownPod: ownPod.pod }),
  };
};

const withOverride = (
  configured: Configuration['clusters'],
  { override, environment }: ConfigurationSources,
  home: string,
): Configuration['clusters'] => {
  if (override === undefined) return configured;
  const settings = Object.hasOwn(configured, override.cluster) ? configured[override.cluster] : undefined;
  const fallbackPath = findKubeconfig(environment, home);
  const overridden = overrideCluster(override, {
    ...(settings === undefined ? {} : { settings }),
    ...(fallbackPath === undefined ? {} : { fallbackPath }),
  });
  if (overridden !== undefined) return { ...configured, [override.cluster]: overridden };
  if (override.context === undefined) return configured;
  throw new ConfigurationError('environment', [
    `There is no kubeconfig for context "${override.context}" of cluster "${override.cluster}"; name one with --kubeconfig or KUBECONFIG.`,
  ]);
};

const findDefaultCluster = (sources: ConfigurationSources, home: string): ClusterSettings | undefined => {
  const { environment, serviceAccountToken = SERVICE_ACCOUNT_TOKEN } = sources;
  const path = findKubeconfig(environment, home);
  if (path !== undefined) {
    return { kind: 'kubeconfig', path };
  }
  return environment['KUBERNETES_SERVICE_HOST'] && existsSync(serviceAccountToken) ? { kind: 'inCluster' } : undefined;
};

const findKubeconfig = (environment: Environment, home: string): string | undefined => {
  const homeConfig = join(home, '.kube', 'config');
  return environment['KUBECONFIG'] || (existsSync(homeConfig) ? homeConfig : undefined);
};

const toReports = (
  { reports }: ConfigurationFile,
  resolvePath: (path: string) => string,
): Pick<Configuration, 'reports'> =>
  reports === undefined ? {} : { reports: { directory: resolvePath(reports.directory) } };

const toMachineHook = (
  { endMachine }: ConfigurationFile,
  context: MachineHookContext,
): Pick<Configuration, 'machineHook'> =>
  endMachine === undefined ? {} : { machineHook: toMachineHookSettings(endMachine, context) };

const toClusters = (
  file: ConfigurationFile,
  resolvePath: (path: string) => string,
): Readonly<Record<string, ClusterSettings>> =>
  Object.fromEntries(
    Object.entries(file.clusters).map(
      ([name, { kubeconfig, context, maxConcurrentNodes }]): [string, ClusterSettings] => [
        name,
        {
          ...(kubeconfig === undefined
            ? { kind: 'inCluster' }
            : {
                kind: 'kubeconfig',
                path: resolvePath(kubeconfig),
                ...(context === undefined ? {} : { context }),
              }),
          ...(maxConcurrentNodes === undefined ? {} : { maxConcurrentNodes }),
        },
      ],
    ),
  );

const describeMissingClusters = (
  clusters: Configuration['clusters'],
  { addsDefaultCluster = false }: ConfigurationSources,
): readonly string[] => {
  if (Object.keys(clusters).length > 0) return [];
  return [
    addsDefaultCluster
      ? 'No cluster is configured; set KUBECONFIG, or add one under `clusters` in the file that NODE_DECOMMISSION_CONFIG names.'
      : 'No cluster is configured: a worker does not read KUBECONFIG and the credentials of its pod by itself, because its cluster needs ' +
        'a name that is unique in the Temporal namespace. Add one under `clusters` in the file that NODE_DECOMMISSION_CONFIG names.',
  ];
};

/** As Go reads them: the name in capitals first. */
const readProxies = (environment: Environment): ProxySettings => {
  const read = (name: string): string | undefined => environment[name] || environment[name.toLowerCase()] || undefined;
  const [https, http, except] = [read('HTTPS_PROXY'), read('HTTP_PROXY'), read('NO_PROXY')];
  return {
    ...(https === undefined ? {} : { https }),
    ...(http === undefined ? {} : { http }),
    ...(except === undefined ? {} : { except }),
  };
};

/** Both parts of the name are needed to detect that a run drains the node of its own worker. */
const readOwnPod = (
  environment: Environment,
): { readonly pod?: { readonly namespace: string; readonly name: string }; readonly problems: readonly string[] } => {
  const namespace = environment['POD_NAMESPACE'] ?? '';
  const name = environment['POD_NAME'] ?? '';
  if ((namespace === '') !== (name === '')) {
    return {
      problems: [
        'Only one of POD_NAMESPACE and POD_NAME is set, so a run cannot detect that it drains its own node; set both (downward API), or neither.',
      ],
    };
  }
  return namespace === '' ? { problems: [] } : { pod: { namespace, name }, problems: [] };
};
