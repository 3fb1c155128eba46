import { toHostKey } from './host-key.ts';
import type { HostKey } from './host-key.ts';

/** Content of one or several files in the format of sshd(8), section "SSH_KNOWN_HOSTS FILE FORMAT". */
export interface KnownHosts {
  readonly entries: readonly KnownHostsEntry[];
  readonly unreadable: readonly UnreadableLine[];
}

export interface KnownHostsEntry {
  readonly mark: 'none' | 'revoked' | 'certAuthority';
  /** Comma-separated patterns, or one hashed name. */
  readonly hosts: string;
  readonly key: HostKey;
  readonly place: Place;
}

export interface Place {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

export interface UnreadableLine {
  readonly place: Place;
  /** Follows "the line …", e.g. `has no key`; quotes nothing from the line. */
  readonly problem: string;
  /** The line starts with a marker and may revoke a key: the whole file is unreliable. */
  readonly isMarked: boolean;
}

/** Reads every line; unreadable lines are listed, never ignored. Comments and empty lines are skipped. */
export const parseKnownHosts = (text: string, path: string): KnownHosts => {
  const entries: KnownHostsEntry[] = [];
  const unreadable: UnreadableLine[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const place = { path, line: index + 1 };
    const parsed = line === '' || line.startsWith('#') ? undefined : parseLine(line);
    if (typeof parsed === 'string') {
      unreadable.push({ place, problem: parsed, isMarked: line.startsWith('@') });
    } else if (parsed !== undefined) {
      entries.push({ ...parsed, place });
    }
  }
  return { entries, unreadable };
};

const MARKS: Readonly<Record<string, KnownHostsEntry['mark']>> = {
  '@revoked': 'revoked',
  '@cert-authority': 'certAuthority',
};

/** The entry of a line that is neither empty nor a comment, or what is wrong with it. */
const parseLine = (line: string): Omit<KnownHostsEntry, 'place'> | string => {
  const [first = '', ...others] = line.split(/[ \t]+/);
  const mark = first.startsWith('@') ? MARKS[first] : 'none';
  return mark === undefined
    ? 'starts with a marker that is neither @revoked nor @cert-authority'
    : parseFields(mark, mark === 'none' ? [first, ...others] : others);
};

const parseFields = (
  mark: KnownHostsEntry['mark'],
  [hosts = '', type = '', encoded = '']: readonly string[],
): Omit<KnownHostsEntry, 'place'> | string => {
  if (encoded === '') {
    return 'has no key: host names, key type and key are separated by spaces';
  }
  if (hosts.startsWith('|') && !HASHED_NAME.test(hosts)) {
    return 'has a hashed host name that is not |1|<salt>|<hash>';
  }
  const key = toHostKey(decodeBase64(encoded));
  return key?.type === type ? { mark, hosts, key } : 'has a key that is invalid, or of another type than stated';
};

/** Salt and HMAC-SHA1, both of 20 bytes. */
export const HASHED_NAME = /^\|1\|([A-Za-z0-9+/]{27}=)\|([A-Za-z0-9+/]{27}=)$/;

/** Empty for text that is not base64: `Buffer` alone ignores invalid characters. */
const decodeBase64 = (text: string): Buffer =>
  /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
