const CERTIFICATE = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/**
 * A PEM bundle in one canonical writing: its certificates' base64, sorted, one per line; empty for an empty text. Order, repetition, line
 * ends and comments do not count. A cluster's `caHash` is the SHA-256 (hex) of it, whoever makes it: `src/kube`, `src/ssh` or the scripts
 * that run on hosts (`src/ssh/host/scripts/read/kubelet.sh`, `is_our_ca`).
 */
export const normalizeCaBundle = (pem: string): string => {
  const certificates = [...pem.matchAll(CERTIFICATE)].map(([, body = '']) => body.replace(/\s/g, ''));
  return certificates.length === 0 ? pem.trim() : [...new Set(certificates)].sort().join('\n');
};
