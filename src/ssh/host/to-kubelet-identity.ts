import { createHash, X509Certificate } from 'node:crypto';
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
  return commonName === undefined ? undefined : { commonName, caHashes: toCaHashes(caBodies) };
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

/** Same form as `ClusterIdentity.caHashes`. */
const toCaHashes = (bodies: readonly string[]): readonly string[] =>
  [...new Set(bodies)].map((body) => createHash('sha256').update(body).digest('hex')).sort();
