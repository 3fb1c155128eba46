import type { AuditEvent } from '../../../stack/control-plane/audit-log.ts';

/** One eviction that the API server accepted, from its audit log. */
export interface AcceptedEviction {
  readonly pod: string;
  /** The UID precondition that was sent. */
  readonly uid: string;
}

/** Evictions with status 201, in order. */
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

/** A pod that left its node without a recorded eviction, and the status codes of the requests for it. */
export interface UnaccountedPod {
  readonly uid: string;
  readonly codes: readonly (number | undefined)[];
}

/**
 * Those of the UIDs that were not evicted: must be empty. If the client is killed during a request, the log has a status of 500 or more,
 * whatever the result; the next attempt finds the pod terminating and sends no other request.
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
