import type { Configuration } from '../../config/configuration.ts';
import { describeLeftovers, toLeftoverList } from '../../domain/janitor/leftover-list.ts';
import { NO_KNOWN_TASKS, readLeftovers, type KnownTasks } from '../../inspect/leftovers.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import { createWorkflowDirectory } from '../../worker/workflow-directory.ts';
import type { CliContext } from '../cli-context.ts';
import { openCluster } from '../open-cluster.ts';
import { withReachableClient } from '../with-client.ts';
import type { DoctorCheck } from './doctor-check.ts';

/** What ended tasks have left in each configured cluster. Reads only. */
export const diagnoseLeftovers = async (
  configuration: Configuration,
  context: CliContext,
): Promise<readonly DoctorCheck[]> =>
  await withReachableClient(context, async (client) => {
    const tasks = client === undefined ? undefined : createWorkflowDirectory(client.client);
    const names = Object.keys(configuration.clusters);
    const checks = names.map((name) => diagnoseLeftoversOf(name, () => openCluster(configuration, name), tasks));
    return (await Promise.all(checks)).flat();
  });

/**
 * They are no failure: the next run takes over. Nothing for a cluster that cannot be read, which another check reports. `tasks`: absent when
 * Temporal cannot be reached.
 */
export const diagnoseLeftoversOf = async (
  name: string,
  open: () => Cluster,
  tasks: KnownTasks | undefined,
): Promise<readonly DoctorCheck[]> => {
  try {
    const { leftovers, notChecked } = await readLeftovers(open(), name, tasks ?? NO_KNOWN_TASKS);
    const found = leftovers.length === 0 ? 'none' : describeLeftovers(toLeftoverList(name, leftovers, notChecked));
    const doubt =
      tasks === undefined && leftovers.length > 0 ? ' Unknown: whether these tasks still run (no Temporal).' : '';
    return [{ name: `changes of ended tasks in cluster ${name}`, ok: true, message: `${found}${doubt}` }];
  } catch (error) {
    if (isClusterFailure(error)) return [];
    throw error;
  }
};
