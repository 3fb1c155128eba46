import { describe, expect, it } from '@jest/globals';
import { FailureType } from '../../../src/domain/run/failures.ts';
import { HOST_CHECK_FAILURES, toHostFindingCode } from '../../../src/domain/host/check-failures.ts';

describe('toHostFindingCode', () => {
  const findings: [type: FailureType, code: string][] = [
    ['HostUnreachable', 'HostUnreachable'],
    ['HostUnusable', 'HostUnusable'],
    ['HostNotProven', 'HostNotProven'],
    // A host without a known key is not proven.
    ['HostKeyRefused', 'HostNotProven'],
  ];
  it.each(findings)('a check that fails with %s results in finding %s', (type, code) => {
    expect(toHostFindingCode(type)).toBe(code);
    expect(HOST_CHECK_FAILURES).toContain(type);
  });

  const others = Object.values(FailureType).filter((type) => !findings.some(([known]) => known === type));
  it.each(others)('%s is not about the host', (type) => {
    expect(toHostFindingCode(type)).toBeUndefined();
    expect(HOST_CHECK_FAILURES).not.toContain(type);
  });
});
