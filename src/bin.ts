#!/usr/bin/env node
import process from 'node:process';

const NEEDED = [22, 19] as const;

/** Checked before any other import: an older Node.js fails inside an import with an unrelated error message. */
const isNodeNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
};

if (isNodeNewEnough(process.versions.node)) {
  const { skipGeneratedModels } = await import('./cli/skip-generated-models.ts');
  skipGeneratedModels();
  const { runInProcess } = await import('./cli/run-in-process.ts');
  await runInProcess(process);
} else {
  process.stderr.write(
    `error: node-decommission needs Node.js ${NEEDED.join('.')} or later, but this is ${process.versions.node}. Install a newer version and try again.\n`,
  );
  process.exitCode = 2;
}
