import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** One request to the API server as its audit log tells it (audit.k8s.io/v1 Event), as far as proofs need it. */
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
  /** Only evictions and deletions of Nodes carry it: the Eviction or the DeleteOptions as sent. */
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

/** A place in the audit log: the byte at which a line begins. */
export type AuditMark = number;

/** Longer than any event of the stack's audit policy: what is read of the log's end to find its last line's. */
const LONGEST_LINE_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * The end of the log's last whole line now. The file's length would not do: a long line grows page by page,
 * and one that is half there belongs to what comes after the mark.
 */
export const markAuditLog = (path: string): AuditMark => {
  const start = Math.max(0, statSync(path).size - LONGEST_LINE_BYTES);
  return start + readFrom(path, start).lastIndexOf(LINE_FEED) + 1;
};

/**
 * The finished requests whose end was logged after the mark, in the order of the log.
 * A watch has a `ResponseStarted` event when it begins and a `ResponseComplete` when it ends; both are given.
 * The server writes an event before its answer is complete, so what you awaited is in it.
 */
export const readAuditEvents = (path: string, since: AuditMark = 0): AuditEvent[] => {
  return readFrom(path, since)
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as AuditEvent);
};

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
