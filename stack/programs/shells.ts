import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { installMissingPackages } from './install-packages.ts';

/** Names of their programs and of their Debian packages. */
const SHELLS: readonly string[] = ['bash', 'zsh', 'fish'];

const listMissing = (): readonly string[] =>
  SHELLS.filter(
    (shell) => !(process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, shell))),
  );

/** Why the shells for which there is a completion are not here and cannot be installed, with the remedy; `undefined`: they can be used. */
export const readShellsObstacle = (): string | undefined => {
  const missing = listMissing();
  if (missing.length === 0) return undefined;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) return undefined;
  return `Completion is tried in real shells. Install ${missing.join(' and ')}.`;
};

/**
 * Installs with apt the shells that are missing.
 * @throws Error with the end of apt's output.
 */
export const ensureShells = async (onProgress: (line: string) => void = () => undefined): Promise<void> => {
  await installMissingPackages({ listMissing, environment: process.env as Record<string, string>, onProgress });
};
