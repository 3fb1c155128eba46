import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { markAuditLog, readAuditEvents } from '../../../stack/control-plane/audit-log.ts';

const toLine = (auditID: string): string => `${JSON.stringify({ auditID, user: { username: 'ü'.repeat(50) } })}\n`;
const toIds = (path: string, since?: number): string[] => readAuditEvents(path, since).map(({ auditID }) => auditID);

describe('readAuditEvents', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'audit-log-'));
    path = join(directory, 'audit.log');
    writeFileSync(path, '');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('returns the lines after the mark', () => {
    appendFileSync(path, toLine('before'));
    const mark = markAuditLog(path);
    appendFileSync(path, toLine('after'));
    expect(toIds(path, mark)).toEqual(['after']);
    expect(toIds(path)).toEqual(['before', 'after']);
  });

  it.each([1, 40, 80])('returns the whole line of which %d bytes existed at the mark', (there) => {
    const line = Buffer.from(toLine('half'));
    appendFileSync(path, toLine('before'));
    appendFileSync(path, line.subarray(0, there));
    const mark = markAuditLog(path);
    appendFileSync(path, line.subarray(there));
    expect(toIds(path, mark)).toEqual(['half']);
  });

  it('skips an incomplete line', () => {
    appendFileSync(path, toLine('whole') + toLine('half').slice(0, 20));
    expect(toIds(path)).toEqual(['whole']);
  });

  it.each(['', '{"auditID":"half'])('marks the start when there is no complete line: %j', (content) => {
    appendFileSync(path, content);
    expect(markAuditLog(path)).toBe(0);
  });
});
