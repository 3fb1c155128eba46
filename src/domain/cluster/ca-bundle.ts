const CERTIFICATE = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/**
 * A PEM bundle in canonical form: the base64 of its certificates, sorted, one per line; empty for an empty text. Order, repetition, line
 * ends and comments do not matter. A cluster's `caHash` is the SHA-256 (hex) of this form; `src/kube`, `src/ssh` and the scripts
 * that run on hosts (`src/ssh/host/scripts/read/cluster.sh`, `is_our_ca`) all compute it.
 */
export const normalizeCaBundle = (pem: string): string => {
  const certificates = [...pem.matchAll(CERTIFICATE)].map(([, body = '']) => body.replace(/\s/g, ''));
  return certificates.length === 0 ? pem.trim() : [...new Set(certificates)].sort().join('\n');
};
