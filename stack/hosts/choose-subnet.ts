import { createHash } from 'node:crypto';

/** The needed part of a route as printed by `ip -json route show`. */
export interface Route {
  /** `default`, an address, or `address/length`. */
  readonly dst: string;
}

/** 198.18.0.0/15, reserved for benchmarking tests (RFC 2544): no real machines use it. */
const FIRST_NUMBER = 198;
const SECOND_NUMBERS = [18, 19];
const SUBNET_COUNT = SECOND_NUMBERS.length * 256;
const SUBNET_LENGTH = 24;
/** A wider route, e.g. to a whole company, has lower precedence than ours and does not conflict. */
const NARROW_ROUTE_LENGTH = 12;

/**
 * The first three numbers of a subnet of 256 addresses that no route of this machine covers, e.g. `198.18.7`.
 * The run id determines which one is tried first.
 * @throws Error when all are in use.
 */
export const chooseSubnet = (runId: string, routes: readonly Route[]): string => {
  const first = createHash('sha256').update(runId).digest().readUInt16BE() % SUBNET_COUNT;
  for (let step = 0; step < SUBNET_COUNT; step += 1) {
    const index = (first + step) % SUBNET_COUNT;
    const subnet = [FIRST_NUMBER, SECOND_NUMBERS[index >> 8], index & 255].join('.');
    if (!routes.some(({ dst }) => conflicts(subnet, dst))) return subnet;
  }
  throw new Error('All subnets of 198.18.0.0/15 are in use on this machine. Stop some of the runs that use them.');
};

const conflicts = (subnet: string, destination: string): boolean => {
  const [address = '', lengthText = '32'] = destination.split('/');
  const length = Number(lengthText);
  if (!/^\d+(\.\d+)*$/.test(address) || length < NARROW_ROUTE_LENGTH) return false;
  const shift = 32 - Math.min(length, SUBNET_LENGTH);
  return toNumber(address) >>> shift === toNumber(subnet) >>> shift;
};

/** Missing numbers at the end are zero, `ip` abbreviates some destinations this way. */
const toNumber = (address: string): number => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
};
