import type { Configuration } from '../../config/configuration.ts';
import { createHosts } from '../../worker/create-hosts.ts';
import { inspectHosts, type HostInspection } from '../../inspect/inspect-hosts.ts';
import { openCluster } from '../open-cluster.ts';
import type { DoctorCheck } from './doctor-check.ts';

/** `look` throws when the cluster cannot be read. */
export interface ClusterOfHosts {
  readonly name: string;
  readonly look: () => Promise<readonly HostInspection[]>;
}

/**
 * The way to the hosts of these nodes, of all when none is named: what preflight would find with `hostCleanup: required`. Reads only.
 * Not to have a way is right as long as nobody asks for a node.
 */
export const diagnoseHosts = async (
  configuration: Configuration,
  nodeNames: readonly string[],
): Promise<readonly DoctorCheck[]> => {
  if (configuration.hosts === undefined) return [toNoWay(nodeNames.length === 0)];
  const hosts = createHosts(configuration);
  const clusters = Object.keys(configuration.clusters).map((name) => ({
    name,
    look: async () => await inspectHosts({ cluster: openCluster(configuration, name), hosts, nodeNames }),
  }));
  return await diagnoseHostsOf(clusters, nodeNames);
};

/** A cluster that cannot be read is a finding; a name that none of the others has is one too. */
export const diagnoseHostsOf = async (
  clusters: readonly ClusterOfHosts[],
  nodeNames: readonly string[],
): Promise<readonly DoctorCheck[]> => {
  const answers = await Promise.all(clusters.map(lookInto));
  const looks = answers.flatMap(({ name, looks = [] }) => looks.map((look) => ({ cluster: name, look })));
  const readable = answers.filter((answer) => answer.looks !== undefined).map(({ name }) => name);
  const unknown = nodeNames.filter((nodeName) => !looks.some(({ look }) => look.nodeName === nodeName));
  return [
    ...answers.flatMap(({ failure }) => failure ?? []),
    ...looks.map(({ cluster, look }) => toHostCheck(cluster, look, nodeNames.includes(look.nodeName))),
    ...(readable.length === 0 ? [] : unknown.map((nodeName) => toUnknownNode(nodeName, readable))),
  ];
};

interface Answer {
  readonly name: string;
  readonly looks?: readonly HostInspection[];
  readonly failure?: DoctorCheck;
}

const lookInto = async ({ name, look }: ClusterOfHosts): Promise<Answer> => {
  try {
    return { name, looks: await look() };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'its nodes cannot be read';
    const remedy = 'See what is said of the cluster and of the rights there.';
    return { name, failure: { name: `hosts of cluster ${name}`, ok: false, message, remedy } };
  }
};

const toHostCheck = (cluster: string, look: HostInspection, isNamed: boolean): DoctorCheck => {
  const name = `host of node ${look.nodeName} in cluster ${cluster}`;
  if (look.kind === 'controlPlane') {
    const message = `not looked at: the node carries the control plane or etcd (${look.sign}), which is not taken out of service from here`;
    return { name, ok: !isNamed, message };
  }
  const { check } = look;
  return { name, ok: check.ok, message: check.ok ? `ready, and proven by ${check.provenBy}` : check.message };
};

const toUnknownNode = (nodeName: string, clusters: readonly string[]): DoctorCheck => ({
  name: `host of node ${nodeName}`,
  ok: false,
  message: `no such node in cluster ${clusters.join(', ')}`,
  remedy: 'Correct the name, or --cluster.',
});

const toNoWay = (ok: boolean): DoctorCheck => ({
  name: 'hosts',
  ok,
  message:
    'the configuration has no section `hosts`, which the default `hostCleanup: required` needs: write one, or use `--host-cleanup skip`',
});
