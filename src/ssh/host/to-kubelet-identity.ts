import { createHash, X509Certificate } from 'node:crypto';
import { normalizeCaBundle } from '../../domain/cluster/ca-bundle.ts';
import type { KubeletIdentity } from '../../domain/host/facts.ts';

/**
 * Who a kubelet is, and of which cluster. Absent without a certificate that can be read.
 *
 * @param certificate the client certificate, DER in base64.
 * @param caBodies certificates of the kubeconfig's CA likewise; may be empty.
 */
export const toKubeletIdentity = (
  certificate: string | undefined,
  caBodies: readonly string[],
): KubeletIdentity | undefined => {
  const commonName = certificate === undefined ? undefined : readCommonName(certificate);
  return commonName === undefined ? undefined : { commonName, caHash: toCaHash(caBodies) };
};

const readCommonName = (certificate: string): string | undefined => {
  try {
    const { subject } = new X509Certificate(Buffer.from(certificate, 'base64'));
    return /^CN=(.*)$/m.exec(subject)?.[1];
  } catch {
    // What is no certificate identifies nobody; the judgement then lacks this proof and says so.
    return undefined;
  }
};

/** As `ClusterIdentity.caHash`. */
const toCaHash = (bodies: readonly string[]): string => {
  const pem = bodies.map((body) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`).join('');
  const normal = normalizeCaBundle(pem);
  return normal === '' ? '' : createHash('sha256').update(normal).digest('hex');
};
