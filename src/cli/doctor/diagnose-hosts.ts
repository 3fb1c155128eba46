import type { Configuration } from '../../config/configuration.ts';
import { createHosts } from '../../worker/create-hosts.ts';
import { inspectHosts, type HostInspection } from '../../inspect/inspect-hosts.ts';
import { toCountText } from '../../domain/text/counts.ts';
import { openCluster } from '../open-cluster.ts';
import type { DoctorCheck } from './doctor-check.ts';

/** `inspect` throws when the cluster cannot be read. */
export interface ClusterOfHosts {
  readonly name: string;
  readonly inspect: () => Promise<readonly HostInspection[]>;
}

/**
 * Checks the hosts of these nodes, of all nodes when none is named, as preflight does with `hostCleanup: required`. Reads only.
 * Missing host settings are a failure only when a node is named.
 */
export const diagnoseHosts = async (
  configuration: Configuration,
  nodeNames: readonly string[],
): Promise<readonly DoctorCheck[]> => {
  if (configuration.hosts === undefined) return [toNoHostSettings(nodeNames.length === 0)];
  const hosts = createHosts(configuration);
  const clusters = Object.keys(configuration.clusters).map((name) => ({
    name,
    inspect: async () => await inspectHosts({ cluster: openCluster(configuration, name), hosts, nodeNames }),
  }));
  return await diagnoseHostsOf(clusters, nodeNames);
};

/** An unreadable cluster is a failed check, and so is a node name that none of the readable clusters has. */
export const diagnoseHostsOf = async (
  clusters: readonly ClusterOfHosts[],
  nodeNames: readonly string[],
): Promise<readonly DoctorCheck[]> => {
  const results = await Promise.all(clusters.map(inspectCluster));
  const inspected = results.flatMap(({ name, inspections = [] }) =>
    inspections.map((inspection) => ({ cluster: name, inspection })),
  );
  const readable = results.filter(({ inspections }) => inspections !== undefined).map(({ name }) => name);
  const unknown = nodeNames.filter((nodeName) => !inspected.some(({ inspection }) => inspection.nodeName === nodeName));
  return [
    ...results.flatMap(({ failure }) => failure ?? []),
    ...inspected.map(({ cluster, inspection }) =>
      toHostCheck(cluster, inspection, nodeNames.includes(inspection.nodeName)),
    ),
    ...(readable.length === 0 ? [] : unknown.map((nodeName) => toUnknownNode(nodeName, readable))),
  ];
};

interface InspectedCluster {
  readonly name: string;
  readonly inspections?: readonly HostInspection[];
  readonly failure?: DoctorCheck;
}

const inspectCluster = async ({ name, inspect }: ClusterOfHosts): Promise<InspectedCluster> => {
  try {
    return { name, inspections: await inspect() };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'its nodes cannot be read';
    const remedy = `See the checks "cluster ${name}" and "rights on cluster ${name}".`;
    return { name, failure: { name: `hosts of cluster ${name}`, ok: false, message, remedy } };
  }
};

const toHostCheck = (cluster: string, inspection: HostInspection, isNamed: boolean): DoctorCheck => {
  const name = `host of node ${inspection.nodeName} in cluster ${cluster}`;
  if (inspection.kind === 'controlPlane') {
    const message = `not checked: the node runs the control plane or etcd (${inspection.sign}) and cannot be decommissioned with this tool`;
    return { name, ok: !isNamed, message };
  }
  const { check } = inspection;
  if (!check.ok) return { name, ok: false, message: check.message };
  const { preview } = check.layout;
  const summary = `cleanup touches ${toCountText(preview.touched.length, 'item')} and leaves ${toCountText(preview.kept.length, 'item')}`;
  return {
    name,
    ok: true,
    message: `ready, identity proven by ${check.provenBy}; ${summary}${isNamed ? '' : ` (\`doctor ${inspection.nodeName}\` lists them)`}`,
    preview,
  };
};

const toUnknownNode = (nodeName: string, clusters: readonly string[]): DoctorCheck => ({
  name: `host of node ${nodeName}`,
  ok: false,
  message: `no such node in ${clusters.length === 1 ? 'cluster' : 'clusters'} ${clusters.join(', ')}`,
  remedy: 'Correct the name, or --cluster.',
});

const toNoHostSettings = (ok: boolean): DoctorCheck => ({
  name: 'hosts',
  ok,
  message:
    'the configuration has no `hosts` section, which the default `hostCleanup: required` needs: add it, or use `--host-cleanup skip`',
});
