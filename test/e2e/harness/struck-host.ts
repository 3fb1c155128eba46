import { loadScript } from '../../../src/ssh/host/load-script.ts';
import type { HostStage } from '../../../src/domain/host/stage.ts';
import type { RealNode } from '../../../stack/hosts/real-node.ts';
import { Relay, type RelayedConnection, type Fault } from '../../ssh/servers/relay.ts';
import type { Harness } from './harness.ts';
import { readHostPlace, type HostPlace } from './host-place.ts';
import { awaitHeld, release } from './slow-stop.ts';

/** What befalls a host, its connection or the worker. */
export type Blow = (host: RealNode, connection: RelayedConnection) => void | Promise<void>;

/** A host that is reached through a relay only, and is struck in every place where a run works with it. */
export interface StruckHost {
  readonly host: RealNode;
  readonly port: number;
  /** Lines for known_hosts: the host's keys under the relay's address. */
  readonly knownHosts: string;
  /** Where it was struck, in order. */
  readonly struckAt: readonly string[];
  /** Throws what went wrong with the strikes. */
  stop(): Promise<void>;
}

/** All strikes of a run that gets to its end. */
export const ALL_STRIKES: readonly string[] = [
  'detach awaitVolumesUnmounted',
  'stopKubelet proveHost',
  'stopKubelet runHostStage, its script on its way',
  'stopKubelet runHostStage, under way',
  'cleanHost runHostStage, its script on its way',
  'cleanHost runHostStage, under way',
  'verifyHost verifyHost',
];

const toSize = (...names: readonly Parameters<typeof loadScript>[0][]): number =>
  names.reduce((sum, name) => sum + Buffer.byteLength(loadScript(name)), 0);

/** About what key exchange and login take. A script is longer on its way than in its file: quotes are escaped. */
const LOGIN_BYTES = 3500;
const IN_THE_LOOK_BYTES = LOGIN_BYTES + toSize('probe') / 2;
const IN_THE_UPLOAD_BYTES = LOGIN_BYTES + 1.1 * toSize('probe', 'startStage') + toSize('stage') / 2;
const IN_THE_POLLS_BYTES = LOGIN_BYTES + 1.1 * toSize('probe', 'startStage', 'stage', 'readStage');

/** Strikes the host once in every look, and twice in every stage. @param host one with `SLOW_STOP_FILES` */
export const strikeHost = async (harness: Harness, host: RealNode, blow: Blow): Promise<StruckHost> => {
  const struckAt: string[] = [];
  const counts = new Map<HostPlace, number>();
  const strike = (what: string, afterBytes: number, until?: () => Promise<void>): Fault => ({
    afterBytes,
    act: async (connection) => {
      await until?.();
      struckAt.push(what);
      await blow(host, connection);
    },
  });
  const strikeStage = (place: HostPlace, stage: HostStage, count: number): Fault | undefined => {
    if (count === 1) return strike(`${place}, its script on its way`, IN_THE_UPLOAD_BYTES);
    if (count === 2) return strike(`${place}, under way`, IN_THE_POLLS_BYTES, () => awaitHeld(host, stage));
    return count === 3 ? { afterBytes: IN_THE_POLLS_BYTES, act: () => release(host, stage) } : undefined;
  };
  const relay = await Relay.start({ host: host.address, port: host.sshPort }, async () => {
    const place = await readHostPlace(harness, host.name);
    if (place === undefined) return undefined;
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    if (place === 'stopKubelet runHostStage') return strikeStage(place, 'stopKubelet', count);
    if (place === 'cleanHost runHostStage') return strikeStage(place, 'cleanHost', count);
    return count === 1 ? strike(place, IN_THE_LOOK_BYTES) : undefined;
  });
  return {
    host,
    port: relay.port,
    knownHosts: host.hostKeys.map((key) => `[127.0.0.1]:${relay.port} ${key}\n`).join(''),
    struckAt,
    stop: () => relay.stop(),
  };
};
