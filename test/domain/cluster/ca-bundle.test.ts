import { describe, expect, it } from '@jest/globals';
import { shareCa, splitCaBundle } from '../../../src/domain/cluster/ca-bundle.ts';

const certificate = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;

describe('splitCaBundle', () => {
  const cases: [name: string, pem: string, certificates: string[]][] = [
    ['one certificate', certificate('AAAA\nBBBB'), ['AAAABBBB']],
    ['order and repetition', certificate('CCCC') + certificate('AAAA') + certificate('CCCC'), ['AAAA', 'CCCC']],
    ['comments and line ends', `# a\r\n${certificate('AAAA').replaceAll('\n', '\r\n')}`, ['AAAA']],
    ['text that is not PEM is kept', ' something \n', ['something']],
    ['nothing', '\n', []],
  ];
  it.each(cases)('%s', (_name, pem, certificates) => {
    expect(splitCaBundle(pem)).toEqual(certificates);
  });
});

describe('shareCa', () => {
  const cases: [name: string, one: string[], other: string[], isShared: boolean][] = [
    ['the same certificate', ['a'], ['a'], true],
    ['a rotation that has begun on one side', ['old'], ['new', 'old'], true],
    ['a rotation that is over on one side', ['new', 'old'], ['new'], true],
    ['a rotation that one side has missed', ['old'], ['new'], false],
    ['none on either side', [], [], true],
    ['none on one side', [], ['a'], false],
  ];
  it.each(cases)('%s', (_name, one, other, isShared) => {
    expect(shareCa(one, other)).toBe(isShared);
    expect(shareCa(other, one)).toBe(isShared);
  });
});
