import type { AuditEvent } from '../../../stack/control-plane/audit-log.ts';

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

/** A pod that left its node without an eviction on record, and what the requests for it were answered with. */
export interface UnaccountedPod {
  readonly uid: string;
  readonly codes: readonly (number | undefined)[];
}

/**
 * Those of the UIDs that were not evicted: must be empty. A request whose client is killed meanwhile is answered with 500 or more, whatever
 * came of it; the next attempt finds the pod going and sends no other.
 */
export const toUnaccountedPods = (
  events: readonly AuditEvent[],
  uids: readonly string[],
): readonly UnaccountedPod[] => {
  const requests = events.filter(({ objectRef }) => objectRef?.subresource === 'eviction');
  return uids
    .map((uid) => {
      const own = requests.filter(({ requestObject }) => requestObject?.deleteOptions?.preconditions?.uid === uid);
      return { uid, codes: own.map(({ responseStatus }) => responseStatus?.code) };
    })
    .filter(({ codes }) => !codes.some((code) => code === 201 || (code !== undefined && code >= 500)));
};
