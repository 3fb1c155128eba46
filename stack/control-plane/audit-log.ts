import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** One request as recorded in the API server's audit log (audit.k8s.io/v1 Event), reduced to what proofs need. */
export interface AuditEvent {
  readonly auditID: string;
  readonly stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
  };
  readonly responseStatus?: { readonly code?: number; readonly reason?: string; readonly message?: string };
  /** Present only for evictions and Node deletions: the Eviction or the DeleteOptions as sent. */
  readonly requestObject?: {
    readonly metadata?: { readonly namespace?: string; readonly name?: string };
    /** Of DeleteOptions: `['All']` for a dry run. */
    readonly dryRun?: readonly string[];
    readonly deleteOptions?: {
      readonly gracePeriodSeconds?: number;
      readonly preconditions?: { readonly uid?: string };
    };
  };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** A position in the audit log: the byte offset at which a line begins. */
export type AuditMark = number;

/** Longer than any event of the stack's audit policy: how much of the log's end is read to find where its last whole line ends. */
const LONGEST_LINE_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * The current end of the log's last whole line. The file's length does not work: a long line is written page by page,
 * and a partial line belongs to the events after the mark.
 */
export const markAuditLog = (path: string): AuditMark => {
  const start = Math.max(0, statSync(path).size - LONGEST_LINE_BYTES);
  return start + readFrom(path, start).lastIndexOf(LINE_FEED) + 1;
};

/**
 * The finished requests whose end was logged after the mark, in log order.
 * A watch has a `ResponseStarted` event when it begins and a `ResponseComplete` when it ends; both are returned.
 * The server writes an event before its response is complete, so every awaited request is included.
 */
export const readAuditEvents = (path: string, since: AuditMark = 0): AuditEvent[] =>
  readFrom(path, since)
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as AuditEvent);

const readFrom = (path: string, position: number): Buffer => {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(file).size - position));
    let length = 0;
    while (length < buffer.length) {
      const read = readSync(file, buffer, length, buffer.length - length, position + length);
      if (read === 0) break;
      length += read;
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
};
