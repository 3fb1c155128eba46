import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import { normalizeCaBundle } from '../../domain/cluster/ca-bundle.ts';

/**
 * SHA-256 (hex) of the kubeconfig's CA bundle, inline or in a file; empty when there is none. Order, repetition, line endings and
 * comments are ignored, so that two files with the same certificates have the same hash.
 *
 * @throws Error of `node:fs`: the CA file cannot be read.
 */
export const readCaHash = async (kubeConfig: KubeConfig): Promise<string> => {
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster?.caFile !== undefined) {
    return toCaHash(await readFile(cluster.caFile, 'utf8'));
  }
  return cluster?.caData === undefined ? '' : toCaHash(Buffer.from(cluster.caData, 'base64').toString('utf8'));
};

/** Hash of a PEM bundle, independent of its formatting. */
export const toCaHash = (pem: string): string => {
  const normal = normalizeCaBundle(pem);
  return normal === '' ? '' : createHash('sha256').update(normal).digest('hex');
};
