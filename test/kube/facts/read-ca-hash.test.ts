import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { readCaHash, toCaHash } from '../../../src/kube/facts/read-ca-hash.ts';

const certificate = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const ONE = certificate('AAAA\nBBBB');
const TWO = certificate('CCCC');

const withCluster = (cluster: { readonly caData?: string; readonly caFile?: string }): KubeConfig => {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'c', server: 'https://10.0.0.1', skipTLSVerify: false, ...cluster },
    { name: 'u' },
  );
  return kubeConfig;
};

describe('toCaHash', () => {
  it.each([
    ['line ends', ONE.replaceAll('\n', '\r\n')],
    ['line breaks', certificate('AAAABBBB')],
    ['text around it', `# our CA\n${ONE}\n`],
    ['repetition', ONE + ONE],
  ])('does not depend on %s', (_name, pem) => {
    expect(toCaHash(pem)).toBe(toCaHash(ONE));
  });

  it('does not depend on the order of a bundle', () => {
    expect(toCaHash(ONE + TWO)).toBe(toCaHash(TWO + ONE));
  });

  it('is SHA-256 in hex, and differs for other certificates', () => {
    expect(toCaHash(ONE)).toMatch(/^[0-9a-f]{64}$/);
    expect(toCaHash(ONE)).not.toBe(toCaHash(TWO));
    expect(toCaHash(ONE)).not.toBe(toCaHash(ONE + TWO));
  });
});

describe('readCaHash', () => {
  it('is the same for inline data and a file, and empty without a CA', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ca-hash-'));
    const caFile = join(folder, 'ca.crt');
    writeFileSync(caFile, ONE);
    expect(await readCaHash(withCluster({ caFile }))).toBe(toCaHash(ONE));
    expect(await readCaHash(withCluster({ caData: Buffer.from(ONE).toString('base64') }))).toBe(toCaHash(ONE));
    expect(await readCaHash(withCluster({}))).toBe('');
    rmSync(folder, { recursive: true });
  });
});
