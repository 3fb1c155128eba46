import { Option, type Command } from 'commander';
import type { Configuration } from '../config/configuration.ts';
import { loadConfiguration } from '../config/load-configuration.ts';
import { DEFAULT_CLUSTER } from '../domain/run/workflow-ids.ts';
import type { CliContext } from './cli-context.ts';

/** Of every verb that reads a cluster. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** `use`: what the verb needs the cluster for, where that is not every time. */
export const addClusterOptions = (command: Command, use = ''): Command =>
  command
    .addOption(
      new Option(
        '--kubeconfig <path>',
        `kubeconfig of the cluster${use} (default: the configuration, then KUBECONFIG)`,
      ).helpGroup('Connection:'),
    )
    .addOption(
      new Option(
        '--context <name>',
        `context of the kubeconfig${use} (default: the configuration, then the current context)`,
      ).helpGroup('Connection:'),
    );

/**
 * The configuration, in which the flags win for the cluster `name`, with the cluster `default` of KUBECONFIG if it does not define one.
 *
 * @throws ConfigurationError the configuration cannot be used.
 */
export const loadClusterConfiguration = (
  context: Pick<CliContext, 'environment'>,
  name: string,
  options: ClusterOptions,
): Configuration => load(context, name, options, true);

/**
 * The same without the cluster `default` of KUBECONFIG: other workers of the namespace must not serve another cluster under this name.
 *
 * @throws ConfigurationError the configuration cannot be used.
 */
export const loadServedClusters = (
  context: Pick<CliContext, 'environment'>,
  name: string,
  options: ClusterOptions,
): Configuration => load(context, name, options, false);

const load = (
  { environment }: Pick<CliContext, 'environment'>,
  name: string,
  { kubeconfig, context }: ClusterOptions,
  addsDefaultCluster: boolean,
): Configuration =>
  loadConfiguration({
    environment,
    addsDefaultCluster,
    override: {
      cluster: name,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    },
  });

/** The flags for the cluster `name`, to append to a command that an operator can copy; empty when none was given. Pure. */
export const toClusterWords = (name: string, { kubeconfig, context }: ClusterOptions): string => {
  if (kubeconfig === undefined && context === undefined) return '';
  return [
    ...(name === DEFAULT_CLUSTER ? [] : [` --cluster ${toShellWord(name)}`]),
    ...(kubeconfig === undefined ? [] : [` --kubeconfig ${toShellWord(kubeconfig)}`]),
    ...(context === undefined ? [] : [` --context ${toShellWord(context)}`]),
  ].join('');
};

const toShellWord = (word: string): string =>
  /^[\w./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
