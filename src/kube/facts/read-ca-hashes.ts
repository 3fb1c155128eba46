import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import { splitCaBundle } from '../../domain/cluster/ca-bundle.ts';

/**
 * SHA-256 (hex) of each certificate of the kubeconfig's CA bundle, inline or in a file, sorted; empty when there is none.
 *
 * @throws Error of `node:fs`: the CA file cannot be read.
 */
export const readCaHashes = async (kubeConfig: KubeConfig): Promise<readonly string[]> => {
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster?.caFile !== undefined) {
    return toCaHashes(await readFile(cluster.caFile, 'utf8'));
  }
  return cluster?.caData === undefined ? [] : toCaHashes(Buffer.from(cluster.caData, 'base64').toString('utf8'));
};

/** Of a PEM bundle, independent of its formatting. */
export const toCaHashes = (pem: string): readonly string[] =>
  splitCaBundle(pem)
    .map((certificate) => createHash('sha256').update(certificate).digest('hex'))
    .sort();
