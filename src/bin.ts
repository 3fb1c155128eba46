#!/usr/bin/env node
import process from 'node:process';

const NEEDED = [22, 19] as const;

/** Asked before anything else is loaded: an older Node dies in the middle of an import, with a message that explains nothing. */
const isNodeNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
};

if (isNodeNewEnough(process.versions.node)) {
  const { runInProcess } = await import('./cli/run-in-process.ts');
  await runInProcess(process);
} else {
  process.stderr.write(
    `error: node-decommission needs Node.js ${NEEDED.join('.')} or later, and this is ${process.versions.node}; install a newer one and try again.\n`,
  );
  process.exitCode = 2;
}
