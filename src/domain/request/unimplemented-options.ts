import type { DecommissionRequest } from './decommission-request.ts';
import type { RequestKey } from './keys.ts';
import { toQuotedValue } from './quoted-value.ts';
import type { RequestProblem } from './field.ts';

interface PartialOption {
  readonly key: 'approval';
  /** The values that this version implements. */
  readonly implemented: readonly string[];
  /** What this version does not do. */
  readonly lack: string;
}

/** A value that is not implemented is refused, never ignored, and not offered. Remove an option here once it is implemented. */
const PARTIAL_OPTIONS: readonly PartialOption[] = [
  { key: 'approval', implemented: ['none'], lack: 'does not wait for approvals yet' },
];

const findPartial = (key: RequestKey): PartialOption | undefined =>
  PARTIAL_OPTIONS.find((option) => option.key === key);

/** True when this version implements that value of the key. */
export const isImplemented = (key: RequestKey, value: string): boolean =>
  findPartial(key)?.implemented.includes(value) ?? true;

/** True when the key has more than one value to choose from, so that help may offer it. */
export const isOffered = (key: RequestKey): boolean => (findPartial(key)?.implemented.length ?? 2) > 1;

/** Refusals of valid values that this version does not implement; defaults are checked too. */
export const checkUnimplementedOptions = (
  request: Pick<DecommissionRequest, PartialOption['key']>,
): readonly RequestProblem[] =>
  PARTIAL_OPTIONS.filter(({ key, implemented }) => !implemented.includes(request[key])).map(
    ({ key, implemented, lack }) => {
      const choices = implemented.map((value) => `\`${key}: ${toQuotedValue(value)}\``).join(' or ');
      return {
        key,
        message: `\`${key}\` is ${toQuotedValue(request[key])}, but this version ${lack}; pass ${choices}`,
      };
    },
  );
