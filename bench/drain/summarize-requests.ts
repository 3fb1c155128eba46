import type { AuditEvent } from '../../stack/control-plane/audit-log.ts';

/** The requests of one client, from the audit log. */
export interface RequestSummary {
  /** By verb and resource, e.g. `get nodes`; the creation of an eviction is `evict pods`. */
  readonly byKind: Readonly<Record<string, number>>;
  readonly acceptedEvictions: number;
  readonly refusedEvictions: number;
  /** Milliseconds since the epoch; undefined: none was sent. */
  readonly firstEvictionAt?: number;
  readonly lastAcceptedAt?: number;
}

const CREATED = 201;
const TOO_MANY_REQUESTS = 429;

/** @param userAgent how the client's user agent starts, e.g. `kubectl/`. Pure. */
export const summarizeRequests = (events: readonly AuditEvent[], userAgent: string): RequestSummary => {
  // A watch is logged twice: when it begins and when it ends.
  const requests = events.filter(
    (event) =>
      event.userAgent?.startsWith(userAgent) === true && (event.verb !== 'watch' || event.stage === 'ResponseStarted'),
  );
  const byKind: Record<string, number> = {};
  for (const request of requests) {
    const kind = toKind(request);
    byKind[kind] = (byKind[kind] ?? 0) + 1;
  }
  const evictions = requests.filter(isEviction);
  const accepted = evictions.filter(({ responseStatus }) => responseStatus?.code === CREATED);
  const sent = evictions.map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp));
  const acceptedAt = accepted.map(({ stageTimestamp }) => Date.parse(stageTimestamp));
  return {
    byKind: Object.fromEntries(Object.entries(byKind).sort(([one], [other]) => one.localeCompare(other))),
    acceptedEvictions: accepted.length,
    refusedEvictions: evictions.filter(({ responseStatus }) => responseStatus?.code === TOO_MANY_REQUESTS).length,
    ...(sent.length === 0 ? {} : { firstEvictionAt: Math.min(...sent) }),
    ...(acceptedAt.length === 0 ? {} : { lastAcceptedAt: Math.max(...acceptedAt) }),
  };
};

/** Requests without an object, e.g. for `/version`, are `get` alone. */
const toKind = (event: AuditEvent): string => {
  if (isEviction(event)) return 'evict pods';
  const { resource, subresource } = event.objectRef ?? {};
  return [event.verb, ...(resource === undefined ? [] : [[resource, subresource].filter(Boolean).join('/')])].join(' ');
};

const isEviction = ({ verb, objectRef }: AuditEvent): boolean =>
  verb === 'create' && objectRef?.resource === 'pods' && objectRef.subresource === 'eviction';
