import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { runCommand } from '../processes/run-command.ts';
import { choosePrograms, INSTALLABLE_PROGRAMS } from './choose-program.ts';
import type { InstalledProgram, ProgramChoice } from './choose-program.ts';
import type { ProgramName } from './program-groups.ts';

const VERSION_WORDS: Readonly<Partial<Record<ProgramName, readonly string[]>>> = { kubectl: ['version', '--client'] };
const PATIENCE_MILLISECONDS = 20_000;

/**
 * The programs of the stack that this machine already has in versions that fit: in the folder KUBEBUILDER_ASSETS, then on the PATH. Runs each
 * one that is found to read its version.
 */
export const findPrograms = async (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ProgramChoice> => {
  const folders = [environment['KUBEBUILDER_ASSETS'] ?? '', ...(environment['PATH'] ?? '').split(delimiter)];
  const found = INSTALLABLE_PROGRAMS.flatMap((name) =>
    [...new Set(folders)]
      .filter((folder) => folder !== '' && existsSync(join(folder, name)))
      .map((folder) => ({ name, path: join(folder, name) })),
  );
  return choosePrograms(await Promise.all(found.map(readVersion)));
};

const readVersion = async ({ name, path }: Omit<InstalledProgram, 'versionOutput'>): Promise<InstalledProgram> => {
  const words = VERSION_WORDS[name] ?? ['--version'];
  const answer = await runCommand(path, words, { timeoutMilliseconds: PATIENCE_MILLISECONDS }).catch(() => undefined);
  return { name, path, versionOutput: answer?.exitCode === 0 ? answer.stdout : '' };
};
