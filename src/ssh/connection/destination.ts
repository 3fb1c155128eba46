import { HostFailure } from '../../ports/host-failure.ts';
import type { HostFailureReason } from '../../ports/host-failure.ts';

/** Target of a connection, for connecting and for messages. */
export interface Destination {
  readonly nodeName: string;
  readonly host: string;
  readonly port: number;
}

/** E.g. `node "w1" (10.0.0.5:22)`. */
export const toLabel = ({ nodeName, host, port }: Destination): string =>
  `node "${nodeName}" (${host.includes(':') ? `[${host}]` : host}:${port})`;

/** @param problem what happened, why, and what to do; follows a colon, without a full stop. */
export const toFailure = (reason: HostFailureReason, destination: Destination, problem: string): HostFailure =>
  new HostFailure(reason, `Could not connect to the host of ${toLabel(destination)}: ${problem}.`);
