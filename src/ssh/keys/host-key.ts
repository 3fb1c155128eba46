import { createHash } from 'node:crypto';

/** A public key as SSH sends it (RFC 4253 §6.6). */
export interface HostKey {
  /** E.g. `ssh-ed25519`. */
  readonly type: string;
  readonly blob: Buffer;
}

/** The key in a blob; `undefined` when it does not begin with its type. */
export const toHostKey = (blob: Buffer): HostKey | undefined => {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
  const type = blob.toString('latin1', 4, 4 + length);
  return length > 0 && type.length === length && /^[\x21-\x7e]+$/.test(type) ? { type, blob } : undefined;
};

/** As `ssh-keygen -l` prints it. */
export const toFingerprint = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
