import type { HostKeys } from './find-host-keys.ts';

export type HostKeyVerdict = 'Known' | 'Changed' | 'Revoked' | 'Unknown';

/** Compares the key that a host presents with known_hosts. `Changed`: known_hosts has only other keys for the host. */
export const judgeHostKey = (keys: HostKeys, presented: Buffer): HostKeyVerdict => {
  if (keys.revoked.some(({ key }) => key.blob.equals(presented))) {
    return 'Revoked';
  }
  if (keys.known.some(({ key }) => key.blob.equals(presented))) {
    return 'Known';
  }
  return keys.known.length > 0 ? 'Changed' : 'Unknown';
};
