import { readFile } from 'node:fs/promises';
import { HostFailure } from '../../ports/host-failure.ts';
import { parseKnownHosts } from './parse-known-hosts.ts';
import type { KnownHosts, UnreadableLine } from './parse-known-hosts.ts';
import { toErrorCodeText } from '../../domain/text/error-code.ts';

/**
 * All files as one. Called again for every connection, so that added and revoked keys take effect immediately.
 *
 * @throws HostFailure `NotConfigured`, not retryable: a file cannot be read.
 * @throws HostFailure `HostKeyRefused`, not retryable: a marked line is unreadable and may revoke a key.
 */
export const readKnownHosts = async (paths: readonly string[]): Promise<KnownHosts> => {
  const files = await Promise.all(paths.map(async (path) => parseKnownHosts(await readText(path), path)));
  const unreadable = files.flatMap((file) => file.unreadable);
  const marked = unreadable.filter(({ isMarked }) => isMarked);
  if (marked.length > 0) {
    throw new HostFailure(
      'HostKeyRefused',
      `No host key can be trusted: ${describeUnreadable(marked)} The line may revoke a key; correct or remove it.`,
    );
  }
  return { entries: files.flatMap((file) => file.entries), unreadable };
};

/** Full sentences, one per line; empty when there is none. */
export const describeUnreadable = (lines: readonly UnreadableLine[]): string =>
  lines.map(({ place, problem }) => `Line ${place.line} of ${place.path} ${problem}.`).join(' ');

const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new HostFailure(
      'NotConfigured',
      `The known_hosts file ${path} cannot be read (${toErrorCodeText(error)}): without it no host key can be verified. ` +
        'Create it from the keys that were recorded when the hosts were installed, or correct `knownHosts` under `hosts`.',
    );
  }
};
