import type { Host } from '../../ports/host.ts';
import { HostFailure } from '../../ports/host-failure.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';

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
