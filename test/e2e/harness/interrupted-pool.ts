import { writeFileSync } from 'node:fs';
import { deployment } from '../../../stack/cluster-fixtures/workloads.ts';
import { RUNNING_CONTAINER } from '../../../stack/cluster-fixtures/real-container.ts';
import { toKnownHostsPath, type Harness } from './harness.ts';
import { createPoolNode, inPool } from './node-pool.ts';
import { SLOW_STOP_FILES } from './slow-stop.ts';
import { interruptHost, type Interruption, type InterruptedHost } from './interrupted-host.ts';

/**
 * Creates one real node for each name, with two pods of a Deployment on it and a simulated node to which they can move. Each host is reached
 * through a relay that interrupts it. Writes the known hosts.
 */
export const createInterruptedHosts = async (
  harness: Harness,
  interruptions: Readonly<Record<string, Interruption>>,
): Promise<readonly InterruptedHost[]> => {
  const { stack } = harness;
  const names = Object.keys(interruptions);
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
  const interrupted = await Promise.all(
    hosts.map((host) => interruptHost(harness, host, interruptions[host.name] ?? (() => undefined))),
  );
  writeFileSync(toKnownHostsPath(stack), interrupted.map(({ knownHosts }) => knownHosts).join(''));
  return interrupted;
};

/** The section `hosts` that connects through the relays. */
export const toRelayedNodes = (interrupted: readonly InterruptedHost[]): readonly Readonly<Record<string, unknown>>[] =>
  interrupted.map(({ host, port }) => ({ match: host.name, host: '127.0.0.1', port }));
