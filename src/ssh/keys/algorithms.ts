import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';
import type { HostKeys } from './find-host-keys.ts';

/** Signatures that prove a key of each type; never `ssh-rsa`, which signs with SHA-1. Other types prove nothing. */
const SIGNATURES: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/**
 * Only the key types that are known for the host: of several keys a host presents the one that the client prefers, so another type would
 * make a known host appear changed. Empty when none of them can be used.
 */
export const toHostKeyAlgorithms = ({ known }: HostKeys): readonly ServerHostKeyAlgorithm[] => {
  const types = new Set(known.map(({ key }) => key.type));
  return Object.entries(SIGNATURES).flatMap(([type, signatures]) => (types.has(type) ? signatures : []));
};

/** Algorithms offered to a host: ssh2's defaults without SHA-1 and without compression. */
export const toAlgorithms = (keys: HostKeys): Algorithms => ({
  serverHostKey: [...toHostKeyAlgorithms(keys)],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
});
