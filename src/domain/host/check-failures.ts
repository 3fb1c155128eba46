import { FailureType } from '../run/failures.ts';
import type { FindingCode } from '../plan/decommission-plan.ts';

/** The findings about a host. */
export type HostFindingCode = Extract<FindingCode, `Host${string}`>;

/** A key that is refused is no finding of its own: who shows none that is known has not begun to prove that it is the node's host. */
const FINDINGS: Readonly<Partial<Record<FailureType, HostFindingCode>>> = {
  [FailureType.HostUnreachable]: 'HostUnreachable',
  [FailureType.HostUnusable]: 'HostUnusable',
  [FailureType.HostNotProven]: 'HostNotProven',
  [FailureType.HostKeyRefused]: 'HostNotProven',
};

/** How a look at a host fails: nothing was done to it. */
export const HOST_CHECK_FAILURES = Object.keys(FINDINGS) as readonly FailureType[];

/** What preflight calls a look that failed so; undefined for a failure that says nothing of the host. Pure. */
export const toHostFindingCode = (type: FailureType): HostFindingCode | undefined => FINDINGS[type];
