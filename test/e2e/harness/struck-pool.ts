import { writeFileSync } from 'node:fs';
import { deployment } from '../../../stack/cluster-fixtures/workloads.ts';
import { RUNNING_CONTAINER } from '../../../stack/cluster-fixtures/real-container.ts';
import { toKnownHostsPath, type Harness } from './harness.ts';
import { createPoolNode, inPool } from './node-pool.ts';
import { SLOW_STOP_FILES } from './slow-stop.ts';
import { strikeHost, type Blow, type StruckHost } from './struck-host.ts';

/**
 * Makes one real node for each name, with two pods of a Deployment on it and a simulated node that takes them over; each is reached through
 * a relay that strikes it. Writes the known hosts.
 */
export const createStruckHosts = async (
  harness: Harness,
  blows: Readonly<Record<string, Blow>>,
): Promise<readonly StruckHost[]> => {
  const { stack } = harness;
  const names = Object.keys(blows);
  const hosts = await stack.createRealNodes(
    names.map((name) => ({ name, labels: { pool: name }, files: SLOW_STOP_FILES })),
  );
  for (const name of names) await stack.createNamespace(name);
  await stack.apply(
    names.map((name) =>
      deployment({ namespace: name, name: 'web', replicas: 2, pod: inPool(name, { container: RUNNING_CONTAINER }) }),
    ),
  );
  await Promise.all(names.map((name) => stack.awaitPodsReady(name, 'app=web', 2)));
  await Promise.all(names.map((name) => createPoolNode(stack, name, `${name}-spare`)));
  const struck = await Promise.all(
    hosts.map((host) => strikeHost(harness, host, blows[host.name] ?? (() => undefined))),
  );
  writeFileSync(toKnownHostsPath(stack), struck.map(({ knownHosts }) => knownHosts).join(''));
  return struck;
};

/** The section `hosts` that leads through the relays. */
export const toRelayedNodes = (struck: readonly StruckHost[]): readonly Readonly<Record<string, unknown>>[] =>
  struck.map(({ host, port }) => ({ match: host.name, host: '127.0.0.1', port }));
