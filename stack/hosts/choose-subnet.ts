import { createHash } from 'node:crypto';

/** A route as `ip -json route show` prints it, as far as it is of interest. */
export interface Route {
  /** `default`, an address, or `address/length`. */
  readonly dst: string;
}

/** 198.18.0.0/15, set apart for tests between networks (RFC 2544): nobody's machines are there. */
const FIRST_NUMBER = 198;
const SECOND_NUMBERS = [18, 19];
const SUBNET_COUNT = SECOND_NUMBERS.length * 256;
const SUBNET_LENGTH = 24;
/** A wider route, to a whole company or the world, loses against ours and is not in the way. */
const NARROW_ROUTE_LENGTH = 12;

/**
 * The first three numbers of a subnet of 256 addresses that no route of this machine leads into, e.g. `198.18.7`.
 * Which one is tried first follows from the run id.
 * @throws Error when all are taken
 */
export const chooseSubnet = (runId: string, routes: readonly Route[]): string => {
  const first = createHash('sha256').update(runId).digest().readUInt16BE() % SUBNET_COUNT;
  for (let step = 0; step < SUBNET_COUNT; step += 1) {
    const index = (first + step) % SUBNET_COUNT;
    const subnet = [FIRST_NUMBER, SECOND_NUMBERS[index >> 8], index & 255].join('.');
    if (!routes.some(({ dst }) => isInTheWay(subnet, dst))) return subnet;
  }
  throw new Error('All subnets of 198.18.0.0/15 are taken on this machine: end some of the runs that use them.');
};

const isInTheWay = (subnet: string, destination: string): boolean => {
  const [address = '', lengthText = '32'] = destination.split('/');
  const length = Number(lengthText);
  if (!/^\d+(\.\d+)*$/.test(address) || length < NARROW_ROUTE_LENGTH) return false;
  const shift = 32 - Math.min(length, SUBNET_LENGTH);
  return toNumber(address) >>> shift === toNumber(subnet) >>> shift;
};

/** Missing numbers at the end are zero, as `ip` abbreviates some destinations. */
const toNumber = (address: string): number => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
};
