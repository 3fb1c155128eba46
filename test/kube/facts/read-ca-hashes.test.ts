import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { describe, expect, it } from '@jest/globals';
import { readCaHashes, toCaHashes } from '../../../src/kube/facts/read-ca-hashes.ts';

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

describe('toCaHashes', () => {
  it.each([
    ['line ends', ONE.replaceAll('\n', '\r\n')],
    ['line breaks', certificate('AAAABBBB')],
    ['text around it', `# our CA\n${ONE}\n`],
    ['repetition', ONE + ONE],
  ])('does not depend on %s', (_name, pem) => {
    expect(toCaHashes(pem)).toEqual(toCaHashes(ONE));
  });

  it('does not depend on the order of a bundle', () => {
    expect(toCaHashes(ONE + TWO)).toEqual(toCaHashes(TWO + ONE));
  });

  it('is SHA-256 in hex, one of each certificate', () => {
    expect(toCaHashes(ONE)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(toCaHashes(ONE)).not.toEqual(toCaHashes(TWO));
    expect(toCaHashes(ONE + TWO)).toEqual([...toCaHashes(ONE), ...toCaHashes(TWO)].sort());
  });
});

describe('readCaHashes', () => {
  it('is the same for inline data and a file, and empty without a CA', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ca-hash-'));
    const caFile = join(folder, 'ca.crt');
    writeFileSync(caFile, ONE);
    expect(await readCaHashes(withCluster({ caFile }))).toEqual(toCaHashes(ONE));
    expect(await readCaHashes(withCluster({ caData: Buffer.from(ONE).toString('base64') }))).toEqual(toCaHashes(ONE));
    expect(await readCaHashes(withCluster({}))).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
