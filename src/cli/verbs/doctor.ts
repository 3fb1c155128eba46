import type { Configuration } from '../../config/configuration.ts';
import { loadConfiguration } from '../../config/load-configuration.ts';
import type { AddVerb } from '../cli-context.ts';
import { diagnoseTemporal } from '../doctor/diagnose-temporal.ts';
import { formatDoctorChecks, type DoctorCheck } from '../doctor/doctor-check.ts';
import { selectCluster } from '../open-cluster.ts';
import { addOutputOption } from './verb-options.ts';

interface DoctorOptions {
  readonly cluster?: string;
  readonly hosts: boolean;
}

/**
 * `doctor`: looks at everything that a drain needs, the hosts of the nodes included, and changes nothing. Exit status 0 when all is right,
 * 2 for a cluster that the configuration does not have, else 1.
 */
export const addDoctorVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('doctor')
    .description('check everything that a decommission needs; changes nothing')
    .argument('[nodes...]', 'names of the nodes whose hosts are looked at (default: all but the control plane)')
    .option('--cluster <name>', 'look at this cluster only (default: all of the configuration)')
    .option('--no-hosts', 'connect to no host, e.g. for a health check');
  addOutputOption(command).action(
    act(async (output, { cluster, hosts }: DoctorOptions, nodeNames: readonly string[]) => {
      const { check, configuration } = checkConfiguration(context.environment);
      const isNarrowed = configuration !== undefined && cluster !== undefined;
      const asked = isNarrowed ? selectCluster(configuration, cluster) : configuration;
      const checks = [
        { name: 'Node.js', ok: true, message: process.versions.node },
        check,
        ...(asked === undefined ? [] : await checkConfigured(asked, hosts ? nodeNames : undefined)),
        ...(await diagnoseTemporal(context)),
      ];
      const ok = checks.every((one) => one.ok);
      output.result({ version: 1, ok, checks }, () => formatDoctorChecks(checks));
      return ok ? 0 : 1;
    }),
  );
};

/** `nodeNames`: whose hosts are looked at, empty for all; `undefined` for none. */
const checkConfigured = async (
  configuration: Configuration,
  nodeNames: readonly string[] | undefined,
): Promise<readonly DoctorCheck[]> => {
  // Loaded when needed only: the Kubernetes client and the worker take a second that the other verbs need not wait for.
  const { diagnoseClusters } = await import('../doctor/diagnose-clusters.ts');
  const { diagnoseHosts } = await import('../doctor/diagnose-hosts.ts');
  const hosts = nodeNames === undefined ? [] : await diagnoseHosts(configuration, nodeNames);
  return [...(await diagnoseClusters(configuration)), ...hosts];
};

const checkConfiguration = (
  environment: NodeJS.ProcessEnv,
): { readonly check: DoctorCheck; readonly configuration?: Configuration } => {
  const name = 'configuration';
  try {
    const configuration = loadConfiguration({ environment });
    const source = environment['NODE_DECOMMISSION_CONFIG'] ?? 'environment';
    const message = `clusters ${Object.keys(configuration.clusters).join(', ')} (from ${source})`;
    return { check: { name, ok: true, message }, configuration };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'cannot be read';
    return { check: { name, ok: false, message, remedy: 'Correct the file or the environment, then ask again.' } };
  }
};
