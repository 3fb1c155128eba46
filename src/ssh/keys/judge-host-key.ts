import type { HostKeys } from './find-host-keys.ts';

export type HostKeyVerdict = 'Known' | 'Changed' | 'Revoked' | 'Unknown';

/** What known_hosts says of the key that a host shows. `Changed`: the host is known, by other keys only. */
export const judgeHostKey = (keys: HostKeys, shown: Buffer): HostKeyVerdict => {
  if (keys.revoked.some(({ key }) => key.blob.equals(shown))) {
    return 'Revoked';
  }
  if (keys.known.some(({ key }) => key.blob.equals(shown))) {
    return 'Known';
  }
  return keys.known.length > 0 ? 'Changed' : 'Unknown';
};
