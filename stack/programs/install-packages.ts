import { withOwnedLock } from '../processes/owned-lock.ts';
import { runCommand, runSuccessfully } from '../processes/run-command.ts';
import { printProgress } from '../processes/report-progress.ts';

export interface PackageInstallation {
  /** Of Debian; asked again once nobody else installs. */
  readonly listMissing: () => readonly string[];
  /** Environment of the package client. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onProgress: (line: string) => void;
  /** Brings the packages here; default: `installWithApt` for all at once. */
  readonly install?: (packages: readonly string[], environment: Readonly<Record<string, string>>) => Promise<void>;
}

/**
 * Installs the packages that are missing, as root on Debian; two processes at once install one after the other.
 * @throws Error with the end of what apt said
 */
export const installMissingPackages = async (installation: PackageInstallation): Promise<void> => {
  const { listMissing, environment, onProgress, install = installWithApt } = installation;
  if (listMissing().length === 0) return;
  const onWait = (pid: number): void => {
    onProgress(`waiting for process ${pid}, which installs packages for the local stack`);
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

/** Installs Debian packages and nothing that they only recommend. @throws Error with the end of what apt said */
export const installWithApt = async (
  packages: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> => {
  const options = { environment: { ...environment, DEBIAN_FRONTEND: 'noninteractive' } };
  const installation = ['-y', '-o', 'DPkg::Lock::Timeout=600', 'install', '--no-install-recommends', ...packages];
  // The lists of a fresh machine are missing or too old to find the packages where they say.
  if ((await runCommand('apt-get', installation, options)).exitCode === 0) return;
  await runSuccessfully('apt-get', ['update'], options);
  await runSuccessfully('apt-get', installation, options);
};
