import type { Configuration } from '../../config/configuration.ts';
import { toVersionText } from '../../domain/run/worker-version.ts';
import { DEFAULT_CLUSTER } from '../../domain/run/workflow-ids.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import { toUsageFailure } from '../cli-failure.ts';
import { addClusterOptions, loadClusterConfiguration, type ClusterOptions } from '../cluster-options.ts';
import { diagnoseMachineHook } from '../doctor/diagnose-machine-hook.ts';
import { diagnoseTemporal } from '../doctor/diagnose-temporal.ts';
import { formatDoctorChecks, type DoctorCheck } from '../doctor/doctor-check.ts';
import { readGivenNames } from '../request/given-names.ts';
import { selectNodes } from '../request/select-nodes.ts';
import { selectCluster } from '../select-cluster.ts';
import { addExamples, addOutputOption, type Example } from './verb-options.ts';

interface DoctorOptions extends ClusterOptions {
  readonly cluster?: string;
  readonly hosts: boolean;
  readonly selector?: string;
}

const EXAMPLES: readonly Example[] = [
  ['doctor --context prod --no-hosts', 'rights, configuration and Temporal'],
  ['doctor worker-7', 'also whether the host is reachable and belongs to the node'],
  ['doctor -l pool=old', 'the hosts of a pool'],
];

/**
 * `doctor`: checks everything that a drain needs, the hosts of the nodes included, and changes nothing. Exit status 0 without a failed
 * check, 2 for a cluster that the configuration does not have or a `--context` that does not exist, else 1.
 */
export const addDoctorVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('doctor')
    .description('check everything that a decommission needs; changes nothing')
    .argument('[nodes...]', 'names of the nodes whose hosts are checked (default: all but the control plane)')
    .option('-l, --selector <labels>', 'check the hosts of the nodes with these labels, as for kubectl')
    .option('--cluster <name>', 'check only this cluster (default: all of the configuration)')
    .option(
      '--no-hosts',
      'do not connect to hosts and do not search for changes of ended tasks, e.g. for a health check',
    );
  addOutputOption(addClusterOptions(command));
  addExamples(command, context.programName, EXAMPLES).action(
    act(async (output, options: DoctorOptions, words: readonly string[]) => {
      const { cluster, hosts } = options;
      const nodeNames = await toNodeNames(words, options, context);
      const { check, configuration } = checkConfiguration(context, options);
      await refuseWrongFlags(configuration, options);
      const isNarrowed = configuration !== undefined && cluster !== undefined;
      const asked = isNarrowed ? selectCluster(configuration, cluster) : configuration;
      const checks = [
        { name: 'Node.js', ok: true, message: process.versions.node },
        check,
        ...diagnoseMachineHook(configuration),
        ...(asked === undefined ? [] : await checkConfigured(asked, hosts ? nodeNames : undefined)),
        ...(await diagnoseTemporal(context, Object.keys(asked?.clusters ?? {}))),
        ...(asked === undefined || !hosts ? [] : await checkLeftovers(asked, context)),
      ];
      const ok = checks.every((one) => one.ok);
      output.result({ version: 1, ok, checks }, () => formatDoctorChecks(checks, nodeNames.length > 0));
      return ok ? 0 : 1;
    }),
  );
};

const toNodeNames = async (
  words: readonly string[],
  options: DoctorOptions,
  context: CliContext,
): Promise<readonly string[]> => {
  const names = await readGivenNames(words, context.stdin, []);
  if (options.selector === undefined) return names;
  if (names.length > 0) throw toUsageFailure('--selector selects the nodes: it cannot be combined with node names.');
  return await selectNodes(options.selector, options.cluster ?? DEFAULT_CLUSTER, options, context);
};

/** A wrong flag is no finding: it is refused before anything is checked. */
const refuseWrongFlags = async (
  configuration: Configuration | undefined,
  { cluster = DEFAULT_CLUSTER, kubeconfig, context }: DoctorOptions,
): Promise<void> => {
  if (configuration === undefined || (kubeconfig === undefined && context === undefined)) return;
  const { openCluster } = await import('../open-cluster.ts');
  openCluster(configuration, cluster);
};

/** `nodeNames`: whose hosts are checked, empty for all; `undefined` for none. */
const checkConfigured = async (
  configuration: Configuration,
  nodeNames: readonly string[] | undefined,
): Promise<readonly DoctorCheck[]> => {
  // Loaded here, because the Kubernetes client and the worker take a second, which the other verbs do not need.
  const { diagnoseClusters } = await import('../doctor/diagnose-clusters.ts');
  const { diagnoseHosts } = await import('../doctor/diagnose-hosts.ts');
  const hosts = nodeNames === undefined ? [] : await diagnoseHosts(configuration, nodeNames);
  return [...(await diagnoseClusters(configuration)), ...hosts];
};

const checkLeftovers = async (configuration: Configuration, context: CliContext): Promise<readonly DoctorCheck[]> => {
  const { diagnoseLeftovers } = await import('../doctor/diagnose-leftovers.ts');
  return await diagnoseLeftovers(configuration, context);
};

const checkConfiguration = (
  context: CliContext,
  options: DoctorOptions,
): { readonly check: DoctorCheck; readonly configuration?: Configuration } => {
  const name = 'configuration';
  try {
    const configuration = loadClusterConfiguration(context, options.cluster ?? DEFAULT_CLUSTER, options);
    const source = context.environment['NODE_DECOMMISSION_CONFIG'] ?? 'environment';
    const { clusters, deployment } = configuration;
    const version = deployment === undefined ? '' : `, workers of version ${toVersionText(deployment)}`;
    const message = `clusters ${Object.keys(clusters).join(', ')} (from ${source})${version}`;
    return { check: { name, ok: true, message }, configuration };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'cannot be read';
    return {
      check: { name, ok: false, message, remedy: 'Correct the file or the environment, then run `doctor` again.' },
    };
  }
};
