import type { AuditEvent } from '../../../stack/audit-log.ts';

/** One eviction that the API server carried out, as its audit log has it. */
export interface AcceptedEviction {
  readonly pod: string;
  /** The UID precondition that was sent. */
  readonly uid: string;
}

/** Evictions that were answered with 201, in order. */
export const toAcceptedEvictions = (events: readonly AuditEvent[]): readonly AcceptedEviction[] =>
  events
    .filter(({ objectRef, responseStatus }) => objectRef?.subresource === 'eviction' && responseStatus?.code === 201)
    .map(({ objectRef, requestObject }) => ({
      pod: `${objectRef?.namespace ?? ''}/${objectRef?.name ?? ''}`,
      uid: requestObject?.deleteOptions?.preconditions?.uid ?? '',
    }));

/** UIDs that were evicted more than once: must be empty. */
export const toRepeatedUids = (evictions: readonly AcceptedEviction[]): readonly string[] => {
  const seen = new Set<string>();
  return evictions.flatMap(({ uid }) => {
    if (seen.has(uid)) return [uid];
    seen.add(uid);
    return [];
  });
};
