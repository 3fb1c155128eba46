import { FailureType } from '../run/failures.ts';
import type { FindingCode } from '../plan/decommission-plan.ts';

/** The codes of findings about a host. */
export type HostFindingCode = Extract<FindingCode, `Host${string}`>;

/** A refused host key has no code of its own: a host without a known key is not proven to be the node's host. */
const FINDINGS: Readonly<Partial<Record<FailureType, HostFindingCode>>> = {
  [FailureType.HostUnreachable]: 'HostUnreachable',
  [FailureType.HostUnusable]: 'HostUnusable',
  [FailureType.HostNotProven]: 'HostNotProven',
  [FailureType.HostKeyRefused]: 'HostNotProven',
};

/** The failure types of a host check, which changes nothing on the host. */
export const HOST_CHECK_FAILURES = Object.keys(FINDINGS) as readonly FailureType[];

/** The preflight finding for a failed host check; undefined for a failure that is not about the host. Pure. */
export const toHostFindingCode = (type: FailureType): HostFindingCode | undefined => FINDINGS[type];
