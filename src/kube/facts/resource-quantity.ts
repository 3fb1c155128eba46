import type { ResourceAmounts } from '../../domain/cluster/facts.ts';

interface Scale {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const SUFFIXES: Readonly<Record<string, Scale>> = {
  n: { numerator: 1n, denominator: 10n ** 9n },
  u: { numerator: 1n, denominator: 10n ** 6n },
  m: { numerator: 1n, denominator: 10n ** 3n },
  k: { numerator: 10n ** 3n, denominator: 1n },
  M: { numerator: 10n ** 6n, denominator: 1n },
  G: { numerator: 10n ** 9n, denominator: 1n },
  T: { numerator: 10n ** 12n, denominator: 1n },
  P: { numerator: 10n ** 15n, denominator: 1n },
  E: { numerator: 10n ** 18n, denominator: 1n },
  Ki: { numerator: 2n ** 10n, denominator: 1n },
  Mi: { numerator: 2n ** 20n, denominator: 1n },
  Gi: { numerator: 2n ** 30n, denominator: 1n },
  Ti: { numerator: 2n ** 40n, denominator: 1n },
  Pi: { numerator: 2n ** 50n, denominator: 1n },
  Ei: { numerator: 2n ** 60n, denominator: 1n },
};

const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * A Kubernetes quantity such as `1500m`, `2Gi`, `1e3` as a number, rounded up to a whole number as the scheduler does
 * (apimachinery `resource.Quantity`). `cpu` is in millicores, every other resource in its base unit.
 *
 * @throws RangeError: the text is not a quantity.
 */
export const toAmount = (resource: string, quantity: string | number): number => {
  const [matched, sign, whole = '', fraction = '', exponent, suffix = ''] = QUANTITY.exec(String(quantity)) ?? [];
  if (matched === undefined || `${whole}${fraction}` === '') {
    throw new RangeError(`The amount of ${resource} is not a Kubernetes quantity.`);
  }
  const { numerator, denominator } = exponent === undefined ? toScale(suffix) : toPowerOfTen(Number(exponent));
  const unit = resource === 'cpu' ? 1000n : 1n;
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  return Number(divideRoundingUp(digits * numerator * unit, denominator * 10n ** BigInt(fraction.length)));
};

/**
 * Every entry of a resource list, e.g. `status.allocatable`.
 *
 * @throws RangeError: an amount is not a quantity.
 */
export const toAmounts = (quantities: Readonly<Record<string, string>> | undefined): ResourceAmounts =>
  Object.fromEntries(Object.entries(quantities ?? {}).map(([name, quantity]) => [name, toAmount(name, quantity)]));

const toScale = (suffix: string): Scale => SUFFIXES[suffix] ?? { numerator: 1n, denominator: 1n };

const toPowerOfTen = (exponent: number): Scale => ({
  numerator: 10n ** BigInt(Math.max(exponent, 0)),
  denominator: 10n ** BigInt(Math.max(-exponent, 0)),
});

const divideRoundingUp = (dividend: bigint, divisor: bigint): bigint =>
  dividend / divisor + (dividend > 0n && dividend % divisor !== 0n ? 1n : 0n);
