import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { isErrorWithCode } from '../processes/process-group.ts';

const runFile = promisify(execFile);

/**
 * Why this machine cannot host the local stack at all, with the remedy; `undefined` when it can.
 * The stack finds its processes through /proc, and its programs are compiled for Linux.
 */
export const checkPlatform = (platform: NodeJS.Platform = process.platform): string | undefined => {
  if (platform === 'linux') return undefined;
  return `The local stack runs on Linux only and this machine runs ${platform}. Use a Linux machine or virtual machine.`;
};

/**
 * Why Go cannot compile the stack's programs here, with the remedy; `undefined` when it can.
 * @param needed the version that they require, as in a go.mod: `1.26.0`
 */
export const readGoObstacle = async (
  needed: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> => {
  try {
    const { stdout } = await runFile('go', ['env', 'GOVERSION'], { env: { ...environment, GOTOOLCHAIN: 'local' } });
    return checkGoVersion(stdout.trim(), needed);
  } catch (error) {
    if (!isErrorWithCode(error, 'ENOENT')) throw error;
    return `There is no "go" on the PATH. Install Go ${needed} or later: it compiles the programs of the local stack once.`;
  }
};

/** @param version as printed by `go env GOVERSION`, e.g. `go1.26.8`; one without a number (a development build) passes */
export const checkGoVersion = (version: string, needed: string): string | undefined => {
  const [, found] = /^go(\d+(?:\.\d+)*)/.exec(version) ?? [];
  if (found === undefined || compareGoVersions(found, needed) >= 0) return undefined;
  return `The "go" on the PATH is ${version}, which is too old for the programs of the local stack. Install Go ${needed} or later.`;
};

/** Below 0 when the first is the earlier one. @param one numbers separated by dots; missing ones count as 0 */
export const compareGoVersions = (one: string, other: string): number => {
  const [numbers, others] = [one, other].map((version) => version.split('.').map(Number)) as [number[], number[]];
  const differences = [0, 1, 2].map((place) => (numbers[place] ?? 0) - (others[place] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
};
