import { loadScript } from '../../../src/ssh/host/load-script.ts';
import type { HostStage } from '../../../src/domain/host/stage.ts';
import type { RealNode } from '../../../stack/hosts/real-node.ts';
import { Relay, type RelayedConnection, type Fault } from '../../ssh/servers/relay.ts';
import type { Harness } from './harness.ts';
import { readHostPlace, type HostPlace } from './host-place.ts';
import { awaitStopping, release } from './slow-stop.ts';

/** A fault of a host, its connection or the worker. */
export type Interruption = (host: RealNode, connection: RelayedConnection) => void | Promise<void>;

/** A host that is reached through a relay only, and is interrupted at every place where a run uses it. */
export interface InterruptedHost {
  readonly host: RealNode;
  readonly port: number;
  /** Lines for known_hosts: the host's keys under the relay's address. */
  readonly knownHosts: string;
  /** Where it was interrupted, in order. */
  readonly interruptedAt: readonly string[];
  /**
   * @throws the first error of an interruption.
   */
  stop(): Promise<void>;
}

/** All interruptions of a run that completes. */
export const ALL_INTERRUPTIONS: readonly string[] = [
  'detach awaitVolumesUnmounted',
  'stopKubelet proveHost',
  'stopKubelet runHostStage, during the upload of its script',
  'stopKubelet runHostStage, while it runs',
  'cleanHost runHostStage, during the upload of its script',
  'cleanHost runHostStage, while it runs',
  'verifyHost verifyHost',
];

const toSize = (...names: readonly Parameters<typeof loadScript>[0][]): number =>
  names.reduce((sum, name) => sum + Buffer.byteLength(loadScript(name)), 0);

/** Approximate size of key exchange and login. A script in an argument is longer than its text: line ends and quotes are escaped. */
const LOGIN_BYTES = 3500;
const DURING_PROBE_BYTES = LOGIN_BYTES + toSize('identify') / 2;
const DURING_UPLOAD_BYTES = LOGIN_BYTES + 1.2 * toSize('identify', 'startStage') + toSize('stage') / 2;
const DURING_POLLING_BYTES = LOGIN_BYTES + 1.2 * toSize('identify', 'startStage', 'readStage') + toSize('stage');

/** Interrupts the host once in every probe, and twice in every stage. @param host one with `SLOW_STOP_FILES` */
export const interruptHost = async (
  harness: Harness,
  host: RealNode,
  interruption: Interruption,
): Promise<InterruptedHost> => {
  const interruptedAt: string[] = [];
  const counts = new Map<HostPlace, number>();
  const faultAt = (what: string, afterBytes: number, until?: () => Promise<void>): Fault => ({
    afterBytes,
    act: async (connection) => {
      await until?.();
      interruptedAt.push(what);
      await interruption(host, connection);
    },
  });
  const faultInStage = (place: HostPlace, stage: HostStage, count: number): Fault | undefined => {
    if (count === 1) return faultAt(`${place}, during the upload of its script`, DURING_UPLOAD_BYTES);
    if (count === 2) return faultAt(`${place}, while it runs`, DURING_POLLING_BYTES, () => awaitStopping(host, stage));
    return count === 3 ? { afterBytes: DURING_POLLING_BYTES, act: () => release(host, stage) } : undefined;
  };
  const relay = await Relay.start({ host: host.address, port: host.sshPort }, async () => {
    const read = await readHostPlace(harness, host.name);
    if (read === undefined) return undefined;
    // It begins while the node is read a second time, in the step before.
    const place = read === 'evict awaitVolumesUnmounted' ? 'detach awaitVolumesUnmounted' : read;
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    if (place === 'stopKubelet runHostStage') return faultInStage(place, 'stopKubelet', count);
    if (place === 'cleanHost runHostStage') return faultInStage(place, 'cleanHost', count);
    return count === 1 ? faultAt(place, DURING_PROBE_BYTES) : undefined;
  });
  return {
    host,
    port: relay.port,
    knownHosts: host.hostKeys.map((key) => `[127.0.0.1]:${relay.port} ${key}\n`).join(''),
    interruptedAt,
    stop: () => relay.stop(),
  };
};
