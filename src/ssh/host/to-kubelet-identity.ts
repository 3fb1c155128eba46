import { createHash, X509Certificate } from 'node:crypto';
import { normalizeCaBundle } from '../../domain/cluster/ca-bundle.ts';
import type { KubeletIdentity } from '../../domain/host/facts.ts';

/**
 * The name of a kubelet and the cluster that it belongs to. Absent without a readable certificate.
 *
 * @param certificate The client certificate, DER in base64.
 * @param caBodies Certificates of the kubeconfig's CA in the same form; may be empty.
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
    // Not a certificate, so no identity; the identity check then reports that this proof is missing.
    return undefined;
  }
};

/** Same form as `ClusterIdentity.caHash`. */
const toCaHash = (bodies: readonly string[]): string => {
  const pem = bodies.map((body) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`).join('');
  const normal = normalizeCaBundle(pem);
  return normal === '' ? '' : createHash('sha256').update(normal).digest('hex');
};
