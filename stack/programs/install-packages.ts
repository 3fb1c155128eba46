import { withOwnedLock } from '../processes/owned-lock.ts';
import { runCommand, runSuccessfully } from '../processes/run-command.ts';
import { printProgress } from '../processes/report-progress.ts';

export interface PackageInstallation {
  /** Names of Debian packages; called again once no other process is installing. */
  readonly listMissing: () => readonly string[];
  /** Environment of the package client. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onProgress: (line: string) => void;
  /** Installs the packages; default: `installWithApt` for all at once. */
  readonly install?: (packages: readonly string[], environment: Readonly<Record<string, string>>) => Promise<void>;
}

/**
 * Installs the missing packages, as root on Debian; concurrent processes install one after the other.
 * @throws Error with the end of apt's output.
 */
export const installMissingPackages = async (installation: PackageInstallation): Promise<void> => {
  const { listMissing, environment, onProgress, install = installWithApt } = installation;
  if (listMissing().length === 0) return;
  const onWait = (pid: number): void => {
    onProgress(`waiting for process ${pid}, which is installing packages for the local stack`);
  };
  await withOwnedLock('/run/node-decommission-packages.lock', onWait, async () => {
    const missing = listMissing();
    if (missing.length === 0) return;
    const names = missing.join(', ');
    await printProgress(`installing ${names} with apt`, `installed ${names}`, onProgress, () =>
      install(missing, environment),
    );
  });
};

/**
 * Installs Debian packages without recommended ones.
 * @throws Error with the end of apt's output.
 */
export const installWithApt = async (
  packages: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> => {
  const options = { environment: { ...environment, DEBIAN_FRONTEND: 'noninteractive' } };
  const installation = ['-y', '-o', 'DPkg::Lock::Timeout=600', 'install', '--no-install-recommends', ...packages];
  // On a fresh machine the package lists are missing, or too old for their URLs to be valid.
  if ((await runCommand('apt-get', installation, options)).exitCode === 0) return;
  await runSuccessfully('apt-get', ['update'], options);
  await runSuccessfully('apt-get', installation, options);
};
