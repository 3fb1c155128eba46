import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import type { ClusterIdentity, NodeFacts } from '../../domain/cluster/facts.ts';
import type { HostIdentityFacts } from '../../domain/host/facts.ts';
import type { HostTarget } from '../../domain/host/target.ts';
import { judgeHostIdentity } from '../../domain/host/identity.ts';
import { toNodeMachine } from '../../domain/node/node-target.ts';
import { judgeHostRole } from '../../domain/host/role.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { Host } from '../../ports/host.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { openVerifiedCluster } from '../support/open-verified-cluster.ts';
import { HostFailure } from '../../ports/host-failure.ts';

/** A connected host, just proven to be the node's. */
export interface ProvenHost {
  readonly host: Host;
  readonly facts: HostIdentityFacts;
  readonly kubeletUnits: readonly string[];
  /** What proved it, e.g. `machine ID`. */
  readonly signals: readonly string[];
}

/** The cluster that the host must belong to, and the host connections. */
export interface HostSurroundings extends Pick<ActivityDependencies, 'hosts'> {
  readonly clusterIdentity: ClusterIdentity;
  /** All nodes of the cluster: an ID that two nodes share proves neither. */
  readonly nodes: readonly NodeFacts[];
}

/**
 * As `withHostProvenIn`, after reading the nodes of the task's cluster again. `work` also gets that cluster.
 *
 * @throws DecommissionFailure `HostNotProven`, not retryable: as `withHostProvenIn`.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 * @throws HostFailure
 * @throws what `work` throws
 */
export const withProvenHost = async <Result>(
  dependencies: ActivityDependencies,
  context: TaskContext,
  host: HostTarget,
  work: (proven: ProvenHost, cluster: Cluster) => Promise<Result>,
): Promise<Result> => {
  const cluster = await openVerifiedCluster(dependencies, context);
  const surroundings = { ...dependencies, clusterIdentity: context.clusterIdentity, nodes: await cluster.readNodes() };
  return await withHostProvenIn(surroundings, host, (proven) => work(proven, cluster));
};

/**
 * Connects, proves each time that the host is this node's and not a control-plane host, then runs `work`.
 *
 * @throws DecommissionFailure `HostNotProven`, not retryable: its identity is not proven, or it is a control-plane host.
 * @throws HostFailure
 * @throws what `work` throws
 */
export const withHostProvenIn = async <Result>(
  surroundings: HostSurroundings,
  hostTarget: HostTarget,
  work: (proven: ProvenHost) => Promise<Result>,
): Promise<Result> => {
  const { target, systemUUID, bootID, addresses, operationId } = hostTarget;
  const { nodeName } = target;
  const { clusterIdentity, nodes } = surroundings;
  const otherNodes = nodes.filter(({ name }) => name !== nodeName).map(toNodeMachine);
  return await withHost(surroundings, { nodeName, addresses }, async (host, kubeletUnits) => {
    const facts = await host.readIdentity(kubeletUnits, operationId);
    const node = { ...target, systemUUID, bootID, addresses };
    const judgement = judgeHostIdentity(facts, { operationId, node, cluster: clusterIdentity, otherNodes });
    if (judgement.kind === 'refused') throw new DecommissionFailure(FailureType.HostNotProven, judgement.reason);
    const refusals = judgeHostRole(facts);
    if (refusals.length > 0) throw new DecommissionFailure(FailureType.HostNotProven, refusals.join(' '));
    return await work({ host, facts, kubeletUnits, signals: judgement.signals });
  });
};

/**
 * Connects to the host of a node, runs `work` and always closes the connection. `addresses`: as `NodeFacts.addresses`.
 *
 * @throws HostFailure
 * @throws what `work` throws
 */
export const withHost = async <Result>(
  { hosts }: Pick<ActivityDependencies, 'hosts'>,
  { nodeName, addresses }: { readonly nodeName: string; readonly addresses: readonly string[] },
  work: (host: Host, kubeletUnits: readonly string[]) => Promise<Result>,
): Promise<Result> => {
  const kubeletUnits = hosts?.findKubeletUnits(nodeName);
  if (hosts === undefined || kubeletUnits === undefined) {
    throw new HostFailure(
      'NotConfigured',
      `This worker's configuration has no connection settings for the host of node ${nodeName}. Add them under \`hosts\`, or set \`hostCleanup: skip\`.`,
    );
  }
  const host = await hosts.connect({ nodeName, addresses: toAddresses(addresses) });
  try {
    return await work(host, kubeletUnits);
  } finally {
    await host.close();
  }
};

/** Internal addresses first; names that only the cloud's DNS may resolve last. */
const toAddresses = (addresses: readonly string[]): readonly string[] =>
  ['InternalIP', 'ExternalIP', 'Hostname', 'InternalDNS', 'ExternalDNS'].flatMap((type) =>
    addresses.filter((one) => one.startsWith(`${type}=`)).map((one) => one.slice(type.length + 1)),
  );
