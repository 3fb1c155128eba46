import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { isErrorWithCode } from './process-identity.ts';

const runFile = promisify(execFile);

const NEEDED_GO_MINOR = 26;

/**
 * Why this machine cannot host the local stack at all, as one sentence; `undefined` when it can.
 * The stack finds its processes again through /proc, and its programs are compiled for Linux.
 */
export function checkPlatform(platform: NodeJS.Platform = process.platform): string | undefined {
  if (platform === 'linux') return undefined;
  return `The local stack runs on Linux only and this machine is ${platform}: use a Linux machine or virtual machine.`;
}

/** Why Go cannot compile the stack's programs here, as one sentence; `undefined` when it can. */
export async function readGoObstacle(environment: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  try {
    const { stdout } = await runFile('go', ['env', 'GOVERSION'], { env: { ...environment, GOTOOLCHAIN: 'local' } });
    return checkGoVersion(stdout.trim());
  } catch (error) {
    if (!isErrorWithCode(error, 'ENOENT')) throw error;
    return `There is no "go" on the PATH: install Go 1.${NEEDED_GO_MINOR} or later, which compiles the local stack's programs once.`;
  }
}

/** @param version as `go env GOVERSION` prints it, e.g. `go1.26.8`; one without a number (a development build) passes */
export function checkGoVersion(version: string): string | undefined {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || Number(major) > 1 || Number(minor) >= NEEDED_GO_MINOR) return undefined;
  return `The "go" on the PATH is ${version}: the local stack's programs need Go 1.${NEEDED_GO_MINOR} or later.`;
}
