import type { ClusterSettings } from '../domain/cluster/cluster-settings.ts';

/** Settings that win over the configuration and over KUBECONFIG, such as the flags of a command line. */
export interface ClusterOverride {
  /** Name of the cluster whose settings they replace, or which they add. */
  readonly cluster: string;
  /** One file, or several as in KUBECONFIG. */
  readonly kubeconfig?: string;
  /** Absent: the current context of `kubeconfig`, else the configured one. */
  readonly context?: string;
}

/** What the override replaces. */
export interface OverriddenSettings {
  /** Of that cluster; absent when the configuration does not name it. */
  readonly settings?: ClusterSettings;
  /** KUBECONFIG, else `~/.kube/config`; absent without either. */
  readonly fallbackPath?: string;
}

/**
 * The settings of the overridden cluster, with the limits that are configured; `undefined` for a context without any kubeconfig. A configured context belongs to the configured
 * kubeconfig: it does not apply to another one. In-cluster credentials are replaced as a whole. Pure.
 */
export const overrideCluster = (
  override: ClusterOverride,
  overridden: OverriddenSettings,
): ClusterSettings | undefined => {
  const settings = overrideConnection(override, overridden);
  const { maxConcurrentNodes } = overridden.settings ?? {};
  return settings && maxConcurrentNodes !== undefined ? { ...settings, maxConcurrentNodes } : settings;
};

const overrideConnection = (
  { kubeconfig, context }: ClusterOverride,
  { settings, fallbackPath }: OverriddenSettings,
): ClusterSettings | undefined => {
  if (kubeconfig === undefined && context === undefined) return settings;
  if (kubeconfig !== undefined) return toSettings(kubeconfig, context);
  if (settings?.kind === 'kubeconfig') return toSettings(settings.path, context);
  return fallbackPath === undefined ? undefined : toSettings(fallbackPath, context);
};

const toSettings = (path: string, context: string | undefined): ClusterSettings => ({
  kind: 'kubeconfig',
  path,
  ...(context === undefined ? {} : { context }),
});
