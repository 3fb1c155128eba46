import { describe, expect, it } from '@jest/globals';
import { toStableHash } from '../../../src/domain/text/stable-hash.ts';

describe('toStableHash', () => {
  it.each([
    ['the empty text', '', '383ce1861bd3e1d3'],
    ['one letter', 'a', '39cca6685c7151a2'],
    ['a sentence', 'node-1 leaves', '5d86f06f17b5bc9c'],
    ['text beyond ASCII', 'Knoten – 节点', '4c91406be393ba4f'],
    ['a broken surrogate', '\ud800', '7578566163289d12'],
  ])('returns for %s the value that live objects contain', (_case, text, expected) => {
    expect(toStableHash(text)).toBe(expected);
  });

  it('returns 16 lowercase hex digits, different ones for 50,000 similar texts', () => {
    const hashes = Array.from({ length: 50_000 }, (_, index) => toStableHash(`node-${index}`));
    expect(new Set(hashes).size).toBe(50_000);
    expect(hashes.every((hash) => /^[0-9a-f]{16}$/.test(hash))).toBe(true);
  });

  it.each([
    ['the first half', 0],
    ['the second half', 8],
  ])('is well distributed over %s alone: few of 50,000 texts share it', (_case, start) => {
    const halves = Array.from({ length: 50_000 }, (_, index) =>
      toStableHash(`["default","node-${index}"]`).slice(start, start + 8),
    );
    expect(new Set(halves).size).toBeGreaterThan(49_980);
  });

  it('changes about half of its bits when one character changes', () => {
    const toBits = (hash: string): string => BigInt(`0x${hash}`).toString(2).padStart(64, '0');
    const differences = Array.from({ length: 1000 }, (_, index) => {
      const before = toBits(toStableHash(`node-${index}-a`));
      const after = toBits(toStableHash(`node-${index}-b`));
      return Array.from(before).filter((bit, position) => bit !== after[position]).length;
    });
    const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
    expect(mean).toBeGreaterThan(30);
    expect(mean).toBeLessThan(34);
  });
});
