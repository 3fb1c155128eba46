import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

const SSHD = '/usr/sbin/sshd';
/** Debian's packages call it before they start a service (invoke-rc.d(8)). */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';
const NO_SERVICE = '#!/bin/sh\nexit 101\n';

/**
 * Installs the OpenSSH server for tests against it, only as root on Debian in CI; its service is not started. Does nothing elsewhere: the
 * tests then report that they did not run.
 * @throws Error of the package client.
 */
export const installOpenSsh = (print: (line: string) => void): void => {
  const isWanted = ['true', '1'].includes(process.env['CI'] ?? '') && process.getuid?.() === 0;
  if (existsSync(SSHD) || !isWanted || !existsSync('/usr/bin/apt-get')) return;
  print('installing openssh-server for the tests against it');
  const hasPolicy = existsSync(SERVICE_POLICY);
  if (!hasPolicy) writeFileSync(SERVICE_POLICY, NO_SERVICE, { mode: 0o755 });
  try {
    runPackageClient('update', '-q');
    runPackageClient('install', '-q', '-y', '--no-install-recommends', 'openssh-server');
  } finally {
    if (!hasPolicy) rmSync(SERVICE_POLICY);
  }
};

const runPackageClient = (...commandArguments: readonly string[]): void => {
  execFileSync('apt-get', commandArguments, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
};
