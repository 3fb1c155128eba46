const CERTIFICATE = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM bundle, each as base64 on one line, sorted, each once; text without any certificate is one by itself, and an
 * empty text has none. Order, repetition, line ends and comments do not matter. `caHashes` of a cluster are the SHA-256 (hex) of these lines;
 * `src/kube`, `src/ssh` and the scripts that run on hosts (`src/ssh/host/scripts/read/cluster.sh`, `is_our_ca`) all compute them.
 */
export const splitCaBundle = (pem: string): readonly string[] => {
  const certificates = [...pem.matchAll(CERTIFICATE)].map(([, body = '']) => body.replace(/\s/g, ''));
  const text = pem.trim();
  if (certificates.length > 0) return [...new Set(certificates)].sort();
  return text === '' ? [] : [text];
};

/**
 * Whether two sets of CA hashes can be those of one cluster: they share a certificate, or neither has any. While a CA is rotated, the old
 * and the new certificate are published together, and not everywhere at the same time.
 */
export const shareCa = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === 0 && other.length === 0 ? true : one.some((hash) => other.includes(hash));
