import { createHmac } from 'node:crypto';
import { matchesWildcard } from '../../domain/text/matches-wildcard.ts';
import { HASHED_NAME } from './parse-known-hosts.ts';

const DEFAULT_PORT = 22;

/** A host's name in known_hosts: `[name]:port` unless the port is 22; always in lower case. */
export const toLookupName = (host: string, port: number): string =>
  (port === DEFAULT_PORT ? host : `[${host}]:${port}`).toLowerCase();

/**
 * Whether the host field of a known_hosts line matches `lookupName`: a hashed name, or a list of which at least one pattern matches and
 * no negated one does (OpenSSH `match_hostname`).
 */
export const matchesHostField = (field: string, lookupName: string): boolean => {
  const [, salt, hash] = HASHED_NAME.exec(field) ?? [];
  if (salt !== undefined) {
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(lookupName).digest('base64') === hash;
  }
  const patterns = field.toLowerCase().split(',');
  const isExcluded = patterns.some(
    (pattern) => pattern.startsWith('!') && matchesWildcard(lookupName, pattern.slice(1)),
  );
  return !isExcluded && patterns.some((pattern) => !pattern.startsWith('!') && matchesWildcard(lookupName, pattern));
};
