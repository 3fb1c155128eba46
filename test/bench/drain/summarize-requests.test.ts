import { describe, expect, it } from '@jest/globals';
import { summarizeRequests } from '../../../bench/drain/summarize-requests.ts';
import type { AuditEvent } from '../../../stack/control-plane/audit-log.ts';

const request = (verb: string, given: Partial<AuditEvent> = {}): AuditEvent => ({
  ...{ auditID: '1', stage: 'ResponseComplete', verb, requestURI: '/', user: { username: 'admin' } },
  ...{ userAgent: 'kubectl/v1.36.3', responseStatus: { code: 200 } },
  ...{ requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z', stageTimestamp: '2026-01-01T00:00:00.010000Z' },
  ...given,
});

const eviction = (second: number, code: number): AuditEvent =>
  request('create', {
    objectRef: { resource: 'pods', subresource: 'eviction' },
    responseStatus: { code },
    requestReceivedTimestamp: `2026-01-01T00:00:0${second}.000000Z`,
    stageTimestamp: `2026-01-01T00:00:0${second}.020000Z`,
  });

describe('summarizeRequests', () => {
  it('counts the requests of one client by verb and resource, a watch once', () => {
    const events = [
      request('get'),
      request('get', { userAgent: 'node-decommission-stack' }),
      request('watch', { stage: 'ResponseStarted' }),
      request('watch'),
      request('create', { objectRef: { resource: 'pods', subresource: 'binding' } }),
      eviction(1, 201),
    ];
    expect(summarizeRequests(events, 'kubectl/').byKind).toEqual({
      'create pods/binding': 1,
      'evict pods': 1,
      get: 1,
      watch: 1,
    });
  });

  it('has the accepted and the refused evictions, the first request and the last acceptance', () => {
    const events = [eviction(2, 429), eviction(3, 201), eviction(5, 201), eviction(6, 429), eviction(7, 500)];
    expect(summarizeRequests(events, 'kubectl/')).toMatchObject({
      acceptedEvictions: 2,
      refusedEvictions: 2,
      firstEvictionAt: Date.parse('2026-01-01T00:00:02Z'),
      lastAcceptedAt: Date.parse('2026-01-01T00:00:05.020Z'),
    });
  });

  it('has no times without evictions', () => {
    expect(summarizeRequests([request('get')], 'kubectl/')).toEqual({
      ...{ byKind: { get: 1 }, acceptedEvictions: 0, refusedEvictions: 0 },
    });
  });
});
