import type { DecommissionRequest } from './decommission-request.ts';
import { toQuotedValue } from './quoted-value.ts';
import type { RequestProblem } from './field.ts';

interface PartialOption {
  readonly key: 'singleReplica' | 'maxConcurrentNodes' | 'approval';
  /** The values that this version implements. */
  readonly implemented: readonly (string | number)[];
  /** What this version does not do. */
  readonly lack: string;
}

/** A value that is not implemented is refused, never ignored. Remove an option here once it is implemented. */
const PARTIAL_OPTIONS: readonly PartialOption[] = [
  { key: 'singleReplica', implemented: ['block', 'evict'], lack: 'does not surge single replicas yet' },
  { key: 'maxConcurrentNodes', implemented: [1], lack: 'drains one node at a time' },
  { key: 'approval', implemented: ['none'], lack: 'does not wait for approvals yet' },
];

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
