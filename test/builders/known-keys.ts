/** Public keys as `ssh-keygen` wrote them; their private keys were deleted. */
export const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHbmsixZRzK02rt/f873VrqCWvCrh5r01fnEqYfh+YL2';
export const ED25519_FINGERPRINT = 'SHA256:aVrcWV+FE0+7K5cBCKtMdnXn5VCSNLUJmg7wM/DYGZs';
export const ECDSA =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBY4loM298mB5HDN52e8ktHgznH1SMGC3hSSGrrUQJKcJDLoxXWoLJQMEz5nAyeHPBtw/j+t1Ji9LcazzzUI80U=';

/** `ssh-keygen -H` of the lines for `host.example.com` and for `[10.0.0.5]:2222`. */
export const HASHED_HOST = '|1|+avrtDXD8BQEuoG67DkNawa2elo=|fe5/omFgnNb5KpnzKBTU8SCEFTE=';
export const HASHED_ADDRESS = '|1|5I15XB1f1qEmA/ryeAgnIGfT0ok=|+vrJ9QOebvYi6UQ3S03U0aDprAI=';

/** The key blob of such a line. */
export const toBlob = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');

/** A key of any type, not usable for signatures. */
export const toKeyLine = (type: string, content = 'key'): string => {
  const fields = [Buffer.from(type), Buffer.from(content)].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `${type} ${Buffer.concat(fields).toString('base64')}`;
};
