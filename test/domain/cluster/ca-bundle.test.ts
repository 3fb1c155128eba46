import { describe, expect, it } from '@jest/globals';
import { normalizeCaBundle } from '../../../src/domain/cluster/ca-bundle.ts';

const certificate = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;

describe('normalizeCaBundle', () => {
  const cases: [name: string, pem: string, normal: string][] = [
    ['one certificate', certificate('AAAA\nBBBB'), 'AAAABBBB'],
    ['order and repetition', certificate('CCCC') + certificate('AAAA') + certificate('CCCC'), 'AAAA\nCCCC'],
    ['comments and line ends', `# a\r\n${certificate('AAAA').replaceAll('\n', '\r\n')}`, 'AAAA'],
    ['text that is not PEM is kept', ' something \n', 'something'],
    ['nothing', '\n', ''],
  ];
  it.each(cases)('%s', (_name, pem, normal) => {
    expect(normalizeCaBundle(pem)).toBe(normal);
  });
});
